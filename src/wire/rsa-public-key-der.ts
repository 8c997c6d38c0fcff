/** The numbers of an RSA public key: big-endian, without leading zeros. */
export interface RSAPublicNumbers {
  modulus: Buffer;
  exponent: Buffer;
}

/** What of a DER element lies between `start` and `end`, in bytes. */
interface Content {
  start: number;
  end: number;
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
/** SEQUENCE of the object identifier rsaEncryption and NULL. */
const RSA_ENCRYPTION = Buffer.from('300d06092a864886f70d0101010500', 'hex');

/**
 * The numbers in a SubjectPublicKeyInfo in DER; undefined when it is anything but an RSA key in the one form that DER has
 * for it, to the last byte.
 * @see RFC 5280, 4.1; RFC 3279, 2.3.1; RFC 8017, A.1.1
 */
export function readRSAPublicKey(der: Buffer): RSAPublicNumbers | undefined {
  const info = contentAt(der, 0, SEQUENCE);
  if (info?.end !== der.length) return undefined;
  const algorithmEnd = info.start + RSA_ENCRYPTION.length;
  if (!der.subarray(info.start, algorithmEnd).equals(RSA_ENCRYPTION)) return undefined;
  const bits = contentAt(der, algorithmEnd, BIT_STRING);
  if (bits?.end !== der.length || der[bits.start] !== 0) return undefined;
  const key = contentAt(der, bits.start + 1, SEQUENCE);
  if (key?.end !== der.length) return undefined;
  const modulus = contentAt(der, key.start, INTEGER);
  if (!modulus) return undefined;
  const exponent = contentAt(der, modulus.end, INTEGER);
  if (exponent?.end !== der.length) return undefined;
  return numbers(positive(der, modulus), positive(der, exponent));
}

function numbers(modulus: Buffer | undefined, exponent: Buffer | undefined): RSAPublicNumbers | undefined {
  return modulus && exponent && { modulus, exponent };
}

/** Where the content of the element at `at` is, if it has this tag and the shortest form of its length. */
function contentAt(der: Buffer, at: number, tag: number): Content | undefined {
  const [found, first = 0x80, second = 0, third = 0] = der.subarray(at, at + 4);
  if (found !== tag) return undefined;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  if (first === 0x81 && second >= 0x80) return { start: at + 3, end: at + 3 + second };
  if (first === 0x82 && second > 0) return { start: at + 4, end: at + 4 + second * 256 + third };
  return undefined;
}

function positive(der: Buffer, { start, end }: Content): Buffer | undefined {
  const [first = 0x80, second = 0] = der.subarray(start, end);
  if (first >= 0x80) return undefined;
  if (first > 0) return der.subarray(start, end);
  return second >= 0x80 ? der.subarray(start + 1, end) : undefined;
}
