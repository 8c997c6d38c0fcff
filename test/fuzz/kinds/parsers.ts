import { parseProxyHeader } from '../../../src/server/proxy-protocol/parse-proxy-header.ts';
import { parseWebRequest } from '../../../src/server/web/parse-web-request.ts';
import { routeOf } from '../../../src/server/web/route.ts';
import { WireError } from '../../../src/wire/errors.ts';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { isPlainHeader, parseLength } from '../../../src/wire/length-header.ts';
import { MAX_BODY_BYTES } from '../../../src/wire/limits.ts';
import { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { parseRequest } from '../../../src/wire/request.ts';
import { fixedKey } from '../../support/client-frames.ts';
import { expectThat } from '../finding.ts';
import type { Ground } from '../ground.ts';
import { mutated } from '../mutate.ts';
import type { Random } from '../random.ts';
import { requestText } from '../request-text.ts';
import { noiseOf, proxyHeader } from './openings.ts';

/** One thing that reads what strangers send, and something that it should read. */
interface Parser {
  valid: (random: Random, ground: Ground) => Buffer;
  /** Returns, or throws a `WireError`. */
  read: (bytes: Buffer) => void;
}

const METHODS = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', ''];
const aes = fixedKey();

const PARSERS: readonly Parser[] = [
  {
    valid: (random) => Buffer.from(String(random.below(20_000)).padEnd(8, '=')),
    read: (bytes) => {
      const header = bytes.subarray(0, 8);
      if (isPlainHeader(header)) expectThat(parseLength(header) > 0, 'a length that is none');
      assertBounded(GENERATIONS[1].openHeader(header, aes));
      assertBounded(GENERATIONS[2].openHeader(header, aes));
    },
  },
  {
    valid: (random) => aes.encrypt(Buffer.from(String(random.below(20_000)))),
    read: (bytes) => assertBounded(GENERATIONS[3].openHeader(bytes.subarray(0, 16), aes)),
  },
  {
    valid: (random, { clients }) => Buffer.from(random.pick(clients).clientPem),
    read: (bytes) => {
      const sealed = PeerPublicKey.fromPem(bytes.toString('latin1')).encrypt(Buffer.alloc(48));
      expectThat(sealed.length >= 256 && sealed.length <= 512, `a block of ${sealed.length} bytes`);
    },
  },
  { valid: (random) => requestText(random), read: (bytes) => void parseWebRequest('NOTE', bytes, undefined) },
  {
    valid: (random) => requestText(random),
    read: (bytes) => {
      const message = parsed(bytes);
      const request = message && parseRequest(message.value);
      if (request) expectThat(/^[A-Z]+$/.test(request.verb), 'a verb that is none');
    },
  },
  {
    valid: proxyHeader,
    read: (bytes) => {
      const header = parseProxyHeader(bytes.subarray(0, 4_096));
      if (header.state === 'done')
        expectThat(header.length <= 2_064 && header.length <= bytes.length, 'a header too long');
      else expectThat(header.need > bytes.length && header.need <= 2_064, 'a header that needs too much');
    },
  },
  {
    valid: (random) =>
      Buffer.from(random.pick(['/stat', '/', '/openapi.json', '/stat?a=b', 'http://x/stat', '*', '/a/b'])),
    read: (bytes) => {
      const target = bytes.toString('latin1');
      for (const method of METHODS) {
        const route = routeOf(method, target);
        if (route.kind === 'verb') expectThat(/^[A-Z]+$/.test(route.verb), 'a path that is no verb');
      }
    },
  },
  {
    valid: (random) => Buffer.from(`Bearer ${'x'.repeat(random.below(130))}`),
    read: (bytes) => void parseWebRequest('STAT', Buffer.alloc(0), bytes.toString('latin1')),
  },
];

function assertBounded(length: number): void {
  expectThat(length >= 16 && length <= MAX_BODY_BYTES && length % 16 === 0, `a body of ${length} bytes`);
}

function parsed(bytes: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(bytes.toString()) };
  } catch {
    return undefined;
  }
}

function tried({ read }: Parser, bytes: Buffer): string {
  try {
    read(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof WireError) return error.code;
    throw error;
  }
}

/** Whatever reads a frame, on noise. */
export async function noiseFrame(random: Random): Promise<string> {
  return tried(random.pick(PARSERS), noiseOf(random));
}

/** Whatever reads a frame, on one that is nearly right. */
export async function mutatedFrame(random: Random, ground: Ground): Promise<string> {
  const parser = random.pick(PARSERS);
  return tried(parser, mutated(parser.valid(random, ground), random));
}
