/** Kubernetes' quantities, as KubeVirt's programs read and write them. */
import { canonicalQuantity, quantityNano } from '../../apiserver/base/quantity.ts';

const NANO = 10n ** 9n;
export const MEBI = 2 ** 20;

/** In whole units, rounded up. Zero for what is absent. */
export function amount(quantity: string | number | undefined): number {
  const nano = quantityNano(String(quantity ?? 0)) ?? 0n;
  return Number(nano > 0n ? (nano + NANO - 1n) / NANO : nano / NANO);
}

/** In thousandths. Zero for what is absent. */
export function thousandths(quantity: string | number | undefined): number {
  return Number((quantityNano(String(quantity ?? 0)) ?? 0n) / 10n ** 6n);
}

/** The form that a quantity takes when a program has read and written it. */
export function canonical(quantity: string | number): string {
  return canonicalQuantity(String(quantity)) ?? String(quantity);
}

/** A number of bytes in the form of another quantity: `2292Mi` like `2Gi`, `1264241152` like `1G`. */
export function bytesLike(bytes: number, other: string): string {
  return canonical(other.endsWith('i') && bytes % 1024 === 0 ? `${bytes / 1024}Ki` : bytes);
}

export function binaryBytes(bytes: number): string {
  return bytesLike(bytes, 'Ki');
}

export function isAmount(quantity: unknown): boolean {
  return quantityNano(String(quantity)) !== undefined;
}
