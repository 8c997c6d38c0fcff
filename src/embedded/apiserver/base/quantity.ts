/** Resource quantities: `500m`, `1Gi`, `2e3`. */

const FORM = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d{1,3})|(m|u|n|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/;
const POWERS: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Amounts are kept as whole numbers of 10^-9. */
const NANO = 9;

/** The amount in 10^-9, `undefined` for what is no quantity. */
export function quantityNano(text: string): bigint | undefined {
  const match = FORM.exec(text);
  if (!match?.[2]) return undefined;
  const [, sign, digits, exponent, suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const binary = Math.max(0, BINARY.indexOf(suffix));
  const power = exponent ? Number(exponent.slice(1)) : (POWERS[suffix] ?? 0);
  const scaled = BigInt(`${whole}${fraction}` || '0') * 1024n ** BigInt(binary);
  const shift = NANO + power - fraction.length;
  const nano = shift >= 0 ? scaled * 10n ** BigInt(shift) : divideUp(scaled, 10n ** BigInt(-shift));
  return sign === '-' ? -nano : nano;
}

/** The one form that a quantity is stored in: the largest unit in which it is a whole number. */
export function canonicalQuantity(text: string): string | undefined {
  const nano = quantityNano(text);
  if (nano === undefined) return undefined;
  if (nano === 0n) return '0';
  const isBinary = text.endsWith('i');
  // Below the first binary unit there is none: such amounts are written the decimal way.
  if (isBinary && (nano <= -(1024n * 10n ** 9n) || nano >= 1024n * 10n ** 9n)) return binaryForm(nano);
  return decimalForm(nano, /[eE][+-]?\d+$/.test(text));
}

function binaryForm(nano: bigint): string {
  let amount = divideUp(nano, 10n ** 9n);
  let unit = 0;
  while (amount % 1024n === 0n && unit < BINARY.length - 1) {
    amount /= 1024n;
    unit++;
  }
  return `${amount}${BINARY[unit]}`;
}

function decimalForm(nano: bigint, withExponent: boolean): string {
  let amount = nano;
  let power = -NANO;
  while (amount % 1000n === 0n && power < 18) {
    amount /= 1000n;
    power += 3;
  }
  const suffix = Object.keys(POWERS).find((unit) => POWERS[unit] === power) ?? '';
  if (!withExponent) return `${amount}${suffix}`;
  return power === 0 ? String(amount) : `${amount}e${power}`;
}

function divideUp(amount: bigint, by: bigint): bigint {
  return amount > 0n ? (amount + by - 1n) / by : amount / by;
}
