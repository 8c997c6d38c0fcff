/** How large the numbers of an RSA key are. */
interface RSANumbers {
  /** Of the modulus, in bits. */
  modulusLength?: number | undefined;
  publicExponent?: bigint | undefined;
}

const MIN_BITS = 2048;
const MAX_BITS = 4096;
const MAX_EXPONENT = 2n ** 32n;

/**
 * What is wrong with an RSA key, or undefined: 2,048 to 4,096 bits, an odd exponent from 3 up to 2^32. Larger numbers
 * would make a stranger's key expensive to use.
 */
export function faultOf({ modulusLength = 0, publicExponent = 0n }: RSANumbers): string | undefined {
  if (modulusLength < MIN_BITS || modulusLength > MAX_BITS) return `it has ${modulusLength} bits`;
  const odd = publicExponent % 2n === 1n;
  if (!odd || publicExponent < 3n || publicExponent >= MAX_EXPONENT) return 'its exponent is out of bounds';
  return undefined;
}
