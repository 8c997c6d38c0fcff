/** The wire format of Protocol Buffers: numbered fields. */

/** By field number, in the order they came. Numbers as unsigned 64 bits, everything else as bytes. */
export type Fields = ReadonlyMap<number, (Buffer | bigint)[]>;

/** @throws RangeError for bytes that end in the middle of a field or use a form that is out of use */
export function readFields(bytes: Buffer): Fields {
  const fields = new Map<number, (Buffer | bigint)[]>();
  let offset = 0;
  while (offset < bytes.length) {
    const tag = readVarint(bytes, offset);
    const { value, end } = readValue(bytes, tag.end, Number(tag.value & 7n));
    const number = Number(tag.value >> 3n);
    fields.set(number, [...(fields.get(number) ?? []), value]);
    offset = end;
  }
  return fields;
}

function readValue(bytes: Buffer, offset: number, wireType: number): { value: Buffer | bigint; end: number } {
  if (wireType === 0) return readVarint(bytes, offset);
  const fixed = { 1: 8, 5: 4 }[wireType];
  const length = wireType === 2 ? readVarint(bytes, offset) : { value: BigInt(fixed ?? -1), end: offset };
  const end = length.end + Number(length.value);
  if (length.value < 0n || end > bytes.length) throw new RangeError('a field does not end');
  return { value: bytes.subarray(length.end, end), end };
}

function readVarint(bytes: Buffer, offset: number): { value: bigint; end: number } {
  let value = 0n;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) break;
    value |= BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: offset + index + 1 };
  }
  throw new RangeError('a number does not end');
}

export function signed(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

export function numberIn(fields: Fields, number: number): number {
  const value = fields.get(number)?.at(-1);
  return typeof value === 'bigint' ? Number(signed(value)) : 0;
}
