/** Resource quantities: `500m`, `1Gi`, `2e3`. */
import type { Environment } from '@marcbachmann/cel-js';

const FORM = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d{1,3})|(m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/;
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Amounts are kept as whole numbers of 10^-9. */
const NANO = 9;

class Quantity {
  readonly nano: bigint;

  constructor(nano: bigint) {
    this.nano = nano;
  }
}

export function registerQuantityFunctions(environment: Environment): void {
  const amount = (value: Quantity | bigint) => (typeof value === 'bigint' ? value * 10n ** 9n : value.nano);
  environment
    .registerType('kubernetes.Quantity', { ctor: Quantity, fields: {} })
    .registerFunction('isQuantity(string): bool', (text: string) => parse(text) !== undefined)
    .registerFunction('quantity(string): kubernetes.Quantity', (text: string) => {
      const nano = parse(text);
      if (nano === undefined) throw new Error(`quantities must match the regular expression: ${text}`);
      return new Quantity(nano);
    })
    .registerFunction(
      'kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool',
      (a: Quantity, b: Quantity) => a.nano < b.nano,
    )
    .registerFunction(
      'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool',
      (a: Quantity, b: Quantity) => a.nano > b.nano,
    )
    .registerFunction('kubernetes.Quantity.compareTo(kubernetes.Quantity): int', (a: Quantity, b: Quantity) =>
      a.nano < b.nano ? -1n : a.nano > b.nano ? 1n : 0n,
    )
    .registerFunction('kubernetes.Quantity.sign(): int', ({ nano }: Quantity) =>
      nano < 0n ? -1n : nano > 0n ? 1n : 0n,
    )
    .registerFunction('kubernetes.Quantity.isInteger(): bool', ({ nano }: Quantity) => nano % 10n ** 9n === 0n)
    .registerFunction('kubernetes.Quantity.asInteger(): int', ({ nano }: Quantity) => {
      if (nano % 10n ** 9n !== 0n) throw new Error('cannot convert value to integer');
      return nano / 10n ** 9n;
    })
    .registerFunction('kubernetes.Quantity.asApproximateFloat(): double', ({ nano }: Quantity) => Number(nano) / 1e9)
    .registerFunction(
      'kubernetes.Quantity.add(dyn): kubernetes.Quantity',
      (a: Quantity, b: Quantity | bigint) => new Quantity(a.nano + amount(b)),
    )
    .registerFunction(
      'kubernetes.Quantity.sub(dyn): kubernetes.Quantity',
      (a: Quantity, b: Quantity | bigint) => new Quantity(a.nano - amount(b)),
    )
    .registerOperator('kubernetes.Quantity == kubernetes.Quantity', (a: Quantity, b: Quantity) => a.nano === b.nano);
}

function parse(text: string): bigint | undefined {
  const match = FORM.exec(text);
  if (!match?.[2]) return undefined;
  const [, sign, digits, exponent, suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const binary = BINARY.indexOf(suffix);
  const power = exponent ? Number(exponent.slice(1)) : (DECIMAL[suffix] ?? 0);
  const scaled = BigInt(`${whole}${fraction}` || '0') * (binary < 0 ? 1n : 1024n ** BigInt(binary + 1));
  const shift = NANO + power - fraction.length;
  const nano = shift >= 0 ? scaled * 10n ** BigInt(shift) : scaled / 10n ** BigInt(-shift);
  return sign === '-' ? -nano : nano;
}
