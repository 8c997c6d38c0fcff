import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { formatLength } from '../../../src/wire/length-header.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import {
  bytesOf,
  type ClientFrame,
  fixedKey,
  fixedRandom,
  keyFrames,
  ORDERS,
  openResponse,
  replyBytesOf,
  requestFrames,
} from '../../support/client-frames.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { framedKeys, sayAll, waitAndSayAll } from '../../support/scripted-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const [rsaWrapper, clientRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);
const keys = framedKeys(clientRsa, rsaWrapper);
const log = new RecordedLog();
const server = await startTestServer({ rsaWrapper, log, randomBytes: fixedRandom, speakFirstAfter: 0 });
const speaker = await startTestServer({ rsaWrapper, log, randomBytes: fixedRandom, speakFirstAfter: 0.001 });
after(() => Promise.all([server.stopServer(), speaker.stopServer()]));

const STAT = { verb: 'STAT', parameters: {} };
const exchanges = { client: keyFrames({ ...keys, order: 'client' }), server: keyFrames({ ...keys, order: 'server' }) };

/** What the server says to these bytes when the exchange is over. */
async function afterExchange(order: 'client' | 'server', bytes: Buffer): Promise<string> {
  const exchange = exchanges[order];
  const all = Buffer.concat([bytesOf(exchange), bytes]);
  const said =
    order === 'client' ? await sayAll(server.getListenPort(), all) : await waitAndSayAll(speaker.getListenPort(), all);
  return said.subarray(replyBytesOf(exchange, order)).toString('latin1');
}

const ACKNOWLEDGEMENTS = ['0', 'x', '2', ' ', '\0', '\xff'];

for (const order of ORDERS) {
  const frames = [...exchanges[order], ...requestFrames(STAT, GENERATIONS[3])];
  for (const [index, { name }] of frames.entries()) {
    if (!name.startsWith('acknowledgement')) continue;
    for (const acknowledgement of ACKNOWLEDGEMENTS) {
      test(`${JSON.stringify(acknowledgement)} in place of the ${name} ends it; the ${order} speaks first`, async () => {
        const before = frames.slice(0, index);
        const bytes = Buffer.concat([
          bytesOf(before),
          Buffer.from(acknowledgement, 'latin1'),
          bytesOf(frames.slice(index + 1)),
        ]);
        const said =
          order === 'client'
            ? await sayAll(server.getListenPort(), bytes)
            : await waitAndSayAll(speaker.getListenPort(), bytes);
        assert.equal(said.length, replyBytesOf(before, order));
      });
    }
  }
}

const PLAIN_HEADERS = ['8=======', '15======', '17======', '1=======', '16385===', '16400===', '9999999='];
/** None of them is a header in plain text, so the server asks for as many bytes again. */
const OTHER_HEADERS = [
  '0=======',
  '99999999',
  '16=16===',
  ' 16=====',
  '-16=====',
  '+16=====',
  '0016====',
  '1_6=====',
  '========',
  'GET / HT',
];
const ENCRYPTED_HEADERS = [
  '0',
  '16',
  '31',
  '33',
  '16385',
  '16400',
  '9999999',
  '99999999',
  '032',
  ' 32',
  '32 ',
  '32=====',
  '3.2e1',
  '-32',
  '',
];

const headers: [what: string, bytes: Buffer][] = [
  ...PLAIN_HEADERS.map((text): [string, Buffer] => [JSON.stringify(text), Buffer.from(text)]),
  ...OTHER_HEADERS.map((text): [string, Buffer] => [`${JSON.stringify(text)} twice`, Buffer.from(text + text)]),
  ...ENCRYPTED_HEADERS.map((text): [string, Buffer] => [
    `${JSON.stringify(text)}, encrypted`,
    fixedKey().encrypt(Buffer.from(text)),
  ]),
  ['sixteen zeros', Buffer.alloc(16)],
];
for (const [what, bytes] of headers) {
  test(`the length of a request ${what} is refused`, async () => {
    assert.equal(await afterExchange('client', bytes), '0');
    assert.equal(await afterExchange('server', bytes), '0');
  });
}

for (const generation of Object.values(GENERATIONS)) {
  const seal = (frames: ClientFrame[]): [header: Buffer, body: Buffer] => {
    const [header, body] = frames.map(({ bytes }) => bytes);
    assert.ok(header && body);
    return [header, body];
  };
  const [header, body] = seal(requestFrames(STAT, generation));
  const last = body.length - (generation.number === 1 ? 1 : 17);
  const bodies: Record<string, Buffer> = {
    'of noise': randomBytes(body.length),
    'of zeros': Buffer.alloc(body.length),
    'with a bit of its padding wrong': Buffer.from(body.map((byte, at) => (at === last - 16 ? byte ^ 0x80 : byte))),
    'with a bit of its first byte wrong': Buffer.from(body.map((byte, at) => (at === 0 ? byte ^ 1 : byte))),
  };
  for (const [what, bytes] of Object.entries(bodies)) {
    test(`a request of generation ${generation.number} ${what} gets no answer`, async () => {
      assert.equal(await afterExchange('client', Buffer.concat([header, bytes, Buffer.from('1')])), '1');
    });
  }

  const overhead = generation.number === 1 ? 1 : 17;
  const padded = (length: number) => JSON.stringify(STAT).padEnd(length);
  test(`a request of generation ${generation.number} that is as long as any may be is answered, and with a byte more refused`, async () => {
    const largest = bytesOf(requestFrames(padded(16_384 - overhead), generation));
    const said = Buffer.from(await afterExchange('client', largest), 'latin1');
    assert.equal(openResponse(said.subarray(1), generation).message, 'OK');
    const larger = bytesOf(requestFrames(padded(16_384 - overhead + 1), generation));
    assert.equal(await afterExchange('client', larger), '0');
  });

  test(`what follows the last byte of a session of generation ${generation.number} is of no account`, async () => {
    const all = Buffer.concat([bytesOf(requestFrames(STAT, generation)), randomBytes(500)]);
    const said = Buffer.from(await afterExchange('client', all), 'latin1');
    assert.equal(openResponse(said.subarray(1), generation).message, 'OK');
  });
}

test('an encrypted length before a body without an IV is of no generation', async () => {
  const [, body] = requestFrames(STAT, GENERATIONS[1]);
  assert.ok(body);
  const header = GENERATIONS[3].sealHeader(body.bytes.length, fixedKey());
  assert.equal(await afterExchange('client', Buffer.concat([header, body.bytes])), '1');
});

test('a second request on a connection is not read', async () => {
  const request = bytesOf(requestFrames(STAT, GENERATIONS[1]));
  const said = Buffer.from(await afterExchange('client', Buffer.concat([request, request])), 'latin1');
  assert.equal(openResponse(said.subarray(1), GENERATIONS[1]).message, 'OK');
});

const FIRST_HEADERS = [
  '9999999=',
  '4097====',
  '99999999',
  '0=======',
  '\x16\x03\x01\x02\0\x01\0\x01',
  'SSH-2.0-',
  'PROXY TC',
  '\0\0\0\0\0\0\0\0',
];
for (const text of FIRST_HEADERS) {
  test(`the first eight bytes ${JSON.stringify(text)} are refused`, async () => {
    assert.equal((await sayAll(server.getListenPort(), Buffer.from(text, 'latin1'))).toString(), '0');
  });
}

test('a client that sends far ahead of what it is asked for is cut off without a word', async () => {
  const said = await sayAll(server.getListenPort(), Buffer.concat([formatLength(4_096), Buffer.alloc(100_000, 'A')]));
  assert.ok(said.length <= 2);
  assert.ok(log.entries.some(({ fields }) => fields.code === 'Flooded'));
});

test('none of all this was the fault of the server, nor waited for in vain', () => {
  assert.equal(server.getRuntimeStatistics()[1] + speaker.getRuntimeStatistics()[1], 0);
  assert.equal(
    log.entries.some(({ fields }) => fields.code === 'TimedOut'),
    false,
  );
});
