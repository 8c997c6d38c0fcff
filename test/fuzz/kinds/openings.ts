import { GENERATIONS } from '../../../src/wire/generations.ts';
import { bytesOf, keyFrames, requestFrames } from '../../support/client-frames.ts';
import { expectThat } from '../finding.ts';
import { anyKeys, type Ground } from '../ground.ts';
import { mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { partOf } from './sessions.ts';

const ALPHABETS: readonly string[] = ['0123456789=', '01', 'PROXY TCP46UNKNOWN.: \r\n0123456789abcdef', '\0\r\nQUIT!'];

/** Bytes of any kind, from the first. */
export async function noise(random: Random, { target, clients }: Ground): Promise<string> {
  const waitsFirst = random.oneIn(20);
  const part = partOf(noiseOf(random), random, waitsFirst);
  const said = await target.serve({ ...part, behindProxy: random.oneIn(4) });
  // The server's own length and its key, which a single "1" is enough for, and two acknowledgements; else its length alone.
  const most = waitsFirst ? 8 + clients[0].serverPem.length + 2 : 8;
  expectThat(said.length <= most, `noise was answered with ${said.length} bytes`);
  return said.length > 0 ? 'heard' : 'closed';
}

export function noiseOf(random: Random): Buffer {
  if (random.oneIn(2)) return random.bytes(random.length(3_000));
  const alphabet = random.pick(ALPHABETS);
  return Buffer.from(
    Array.from({ length: random.length(300) }, () => alphabet.charCodeAt(random.below(alphabet.length))),
  );
}

const address4 = (random: Random): string => Array.from({ length: 4 }, () => random.below(256)).join('.');
const address6 = (random: Random): string =>
  Array.from({ length: 8 }, () => random.pick([0, random.below(65_536)]).toString(16)).join(':');

/** A PROXY protocol header, version 1 or 2, as it should be. */
export function proxyHeader(random: Random): Buffer {
  const ports = `${random.below(65_536)} ${random.below(65_536)}`;
  switch (random.below(5)) {
    case 0:
      return Buffer.from(`PROXY TCP4 ${address4(random)} ${address4(random)} ${ports}\r\n`);
    case 1:
      return Buffer.from(`PROXY TCP6 ${address6(random)} ${address6(random)} ${ports}\r\n`);
    case 2:
      return Buffer.from('PROXY UNKNOWN\r\n');
    default: {
      const [family, length] = random.pick([
        [0x11, 12],
        [0x21, 36],
        [0x31, 216],
        [0x00, 0],
      ] as const);
      const rest = random.bytes(length + random.pick([0, 0, random.below(300), random.below(3_000)]));
      const head = Buffer.from(`\r\n\r\n\0\r\nQUIT\n${random.pick(['\x21', '\x21', '\x20', '\x22'])}`, 'latin1');
      return Buffer.concat([head, Buffer.from([family, rest.length >> 8, rest.length & 0xff]), rest]);
    }
  }
}

/** A connection through a proxy: a header, mostly wrong, and a session. */
export async function proxied(random: Random, ground: Ground): Promise<string> {
  const keys = { ...anyKeys(random, ground), order: 'client' as const };
  const header = random.oneIn(3) ? proxyHeader(random) : mutated(proxyHeader(random), random);
  const session = bytesOf([...keyFrames(keys), ...requestFrames({ verb: 'STAT', parameters: {} }, GENERATIONS[3])]);
  const part = partOf(Buffer.concat([header, session]), random);
  const said = await ground.target.serve({ ...part, behindProxy: !random.oneIn(8) });
  return said.length > 1_000 ? 'served' : 'closed';
}

/** What begins as TLS does. */
export async function tlsHello(random: Random, { target, hello }: Ground): Promise<string> {
  const bytes = random.oneIn(4)
    ? Buffer.concat([Buffer.from([0x16, 3, random.below(5)]), random.bytes(random.length(600))])
    : mutated(hello, random);
  const said = await target.serve(partOf(bytes, random));
  return said.length > 0 ? 'heard' : 'closed';
}
