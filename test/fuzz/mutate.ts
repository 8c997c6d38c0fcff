import type { Random } from './random.ts';

type Mutation = (bytes: Buffer, random: Random) => Buffer;

/** Words at which parsers have been seen to trip. */
const WORDS = [
  '0',
  '1',
  '00000000',
  '9999999=',
  '99999999',
  '16384===',
  '16400===',
  '800=====',
  '-1======',
  '\0',
  '\r\n',
  '\r\n\r\n',
  '{',
  '[',
  '"',
  '\\u0000',
  '\\ud800',
  '__proto__',
  'NaN',
  '1e999',
  '-0',
  'null',
  '\x16\x03\x01',
  'PROXY TCP4 ',
  '=',
  '\n',
  '\xff\xfe',
  '-----BEGIN PUBLIC KEY-----',
  '-----END PUBLIC KEY-----',
].map((word) => Buffer.from(word, 'latin1'));

const place = (bytes: Buffer, random: Random): number => random.below(bytes.length + 1);

const splice = (bytes: Buffer, at: number, removed: number, added: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const changed = Buffer.from(bytes);
    const at = random.below(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    return changed;
  },
  function setByte(bytes, random) {
    const changed = Buffer.from(bytes);
    changed[random.below(changed.length)] = random.pick([
      0,
      1,
      0x0a,
      0x0d,
      0x16,
      0x30,
      0x31,
      0x3d,
      0x7f,
      0x80,
      0xff,
      random.below(256),
    ]);
    return changed;
  },
  (bytes, random) => bytes.subarray(0, place(bytes, random)),
  (bytes, random) => splice(bytes, place(bytes, random), random.between(1, 32), Buffer.alloc(0)),
  (bytes, random) => splice(bytes, place(bytes, random), 0, random.bytes(random.between(1, 32))),
  (bytes, random) => {
    const word = random.pick(WORDS);
    return splice(bytes, place(bytes, random), random.oneIn(2) ? word.length : 0, word);
  },
  function repeatPart(bytes, random) {
    const at = place(bytes, random);
    const part = bytes.subarray(at, at + random.between(1, 64));
    return splice(bytes, at, 0, Buffer.concat(Array.from({ length: random.between(1, 16) }, () => part)));
  },
  function copyPart(bytes, random) {
    const at = place(bytes, random);
    return splice(bytes, place(bytes, random), 0, bytes.subarray(at, at + random.between(1, 300)));
  },
  (bytes, random) => Buffer.concat([bytes, random.bytes(random.length(2_000))]),
];

/** `bytes` with one to four things done to them. */
export function mutated(bytes: Buffer, random: Random): Buffer {
  let changed = bytes;
  for (let left = random.between(1, random.pick([1, 1, 2, 4])); left > 0 && changed.length > 0; left -= 1) {
    changed = random.pick(MUTATIONS)(changed, random);
  }
  return changed;
}

/** Some of a list left out, said twice or exchanged. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const list = [...items];
  const at = random.below(list.length);
  const other = random.below(list.length);
  const [one, two] = [list[at] as T, list[other] as T];
  if (random.oneIn(3)) list.splice(at, 1);
  else if (random.oneIn(2)) list.splice(at, 0, two);
  else {
    list[at] = two;
    list[other] = one;
  }
  return list;
}

/** Cut into one to a few pieces; now and then into single bytes. */
export function cut(bytes: Buffer, random: Random): Buffer[] {
  if (bytes.length <= 40 && random.oneIn(16)) return Array.from(bytes, (byte) => Buffer.from([byte]));
  const pieces: Buffer[] = [];
  let at = 0;
  for (let left = random.pick([0, 0, 0, 1, 3, 8]); left > 0 && at < bytes.length; left -= 1) {
    const end = at + 1 + random.below(bytes.length - at);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return at < bytes.length ? [...pieces, bytes.subarray(at)] : pieces;
}
