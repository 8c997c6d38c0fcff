import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { ServerInterface } from '../../../src/server/server-interface.ts';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import type { GenerationNumber } from '../../../src/wire/generation.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../../../src/wire/key-exchange.ts';
import { formatLength } from '../../../src/wire/length-header.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { CutChannel, dialLoopback, exchangeKeysSecond, runSession } from '../../support/raw-client.ts';
import { sayAll } from '../../support/scripted-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const [rsaWrapper, clientRsa, otherRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);
const CREATE = { verb: 'CREATE', parameters: {} };

/** Of random numbers: nobody has to decrypt anything. */
function publicKey(bits: number, exponent: bigint, lowestBit: 0 | 1 = 1): string {
  const modulus = randomBytes(Math.ceil(bits / 8));
  const highest = (bits - 1) % 8;
  modulus[0] = ((modulus[0] ?? 0) & ((1 << highest) - 1)) | (1 << highest);
  modulus[modulus.length - 1] = ((modulus.at(-1) ?? 0) & 0xfe) | lowestBit;
  const hex = exponent.toString(16);
  const e = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
  const key = createPublicKey({ key: { kty: 'RSA', n: modulus.toString('base64url'), e }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const small = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pssKey = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });

const refusedKeys: Record<string, string> = {
  'of 1,024 bits': publicKey(1024, 65_537n),
  'of 2,047 bits': publicKey(2047, 65_537n),
  'of 4,097 bits': publicKey(4097, 65_537n),
  'of 8,192 bits': publicKey(8192, 65_537n),
  'with the exponent 1': publicKey(2048, 1n),
  'with the exponent 2': publicKey(2048, 2n),
  'with the exponent 65,536': publicKey(2048, 65_536n),
  'with the exponent 2^32 + 1': publicKey(2048, 2n ** 32n + 1n),
  'with an exponent of 2,000 bits': publicKey(2048, 2n ** 2000n + 1n),
  'of a curve': curve.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'for signatures alone': pssKey.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'in the form of PKCS #1': small.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  'that is private': small.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'without its end': clientRsa.publicKeyPem.slice(0, -10),
  'with a letter missing': clientRsa.publicKeyPem.replace('A', ''),
  'of one byte': '-',
  'of 4,096 bytes of nothing': ' '.repeat(4_096),
};
for (const [what, pem] of Object.entries(refusedKeys)) {
  test(`a public key ${what} is refused`, async () => {
    await using server = await startTestServer({ rsaWrapper });
    const said = await sayAll(server.getListenPort(), Buffer.concat([formatLength(pem.length), Buffer.from(pem)]));
    assert.equal(said.toString(), '10');
  });
}

const takenKeys: Record<string, string> = {
  'of 2,048 bits': publicKey(2048, 65_537n),
  'of 2,049 bits': publicKey(2049, 65_537n),
  'of 4,096 bits': publicKey(4096, 65_537n),
  'with the exponent 3': publicKey(2048, 3n),
  'with the exponent 2^32 - 1': publicKey(2048, 2n ** 32n - 1n),
  'with line ends of another system': clientRsa.publicKeyPem.replaceAll('\n', '\r\n'),
};
for (const [what, pem] of Object.entries(takenKeys)) {
  test(`a public key ${what} is taken, and the session key is encrypted to it`, async () => {
    await using server = await startTestServer({ rsaWrapper });
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    channel.send(formatLength(pem.length));
    channel.send(pem);
    assert.equal((await channel.read(2)).toString(), '11');
    await sendSessionKey(channel, AESWrapper.generate(randomBytes), await receivePublicKey(channel));
    const modulus = createPublicKey(pem).asymmetricKeyDetails?.modulusLength ?? 0;
    assert.equal((await channel.read(Math.ceil(modulus / 8))).length, Math.ceil(modulus / 8));
    channel.destroy();
  });
}

test('a public key with an even modulus ends the connection as soon as it is used', async () => {
  await using server = await startTestServer({ rsaWrapper });
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  const pem = publicKey(2048, 65_537n, 0);
  channel.send(formatLength(pem.length));
  channel.send(pem);
  assert.equal((await channel.read(2)).toString(), '11');
  await sendSessionKey(channel, AESWrapper.generate(randomBytes), await receivePublicKey(channel));
  await assert.rejects(channel.read(1), { code: 'Closed' });
  assert.equal(server.getRuntimeStatistics()[1], 0);
});

test('the session key is never the one that the client proposed, nor any other that was given before', async () => {
  await using server = await startTestServer({ rsaWrapper });
  const keys = new Set<string>();
  for (let turn = 1; turn <= 10; turn += 1) {
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    await sendPublicKey(channel, clientRsa);
    const proposed = AESWrapper.generate(randomBytes);
    await sendSessionKey(channel, proposed, await receivePublicKey(channel));
    const given = await receiveSessionKey(channel, clientRsa);
    assert.notDeepEqual(given.key, proposed.key);
    assert.notDeepEqual(given.iv, proposed.iv);
    keys.add(given.key.toString('hex')).add(given.iv.toString('hex'));
    assert.equal(keys.size, 2 * turn);
    channel.destroy();
  }
});

test('a server that speaks first gives every client another key', async () => {
  await using server = await startTestServer({ rsaWrapper, speakFirstAfter: 0.001 });
  const keys = new Set<string>();
  for (let turn = 0; turn < 5; turn += 1) {
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    keys.add((await exchangeKeysSecond(channel, clientRsa)).aes.key.toString('hex'));
    channel.destroy();
  }
  assert.equal(keys.size, 5);
});

/** One CREATE, and all that its client sent. */
async function recordedCreate(server: ServerInterface, generation: GenerationNumber): Promise<Buffer[]> {
  const frames: Buffer[] = [];
  const socket = await dialLoopback(server.getListenPort());
  const channel = new CutChannel(socket, (frame) => {
    frames.push(frame);
    return [frame];
  });
  await runSession(channel, clientRsa, CREATE, generation);
  await channel.finish();
  return frames;
}

for (const generation of [1, 2, 3] as const) {
  test(`a recorded session of generation ${generation} that is played again creates nothing and learns nothing`, async () => {
    await using backend = new MemoryContainerBackend({ slots: 3 });
    await using server = await startTestServer({ rsaWrapper, backend });
    const frames = await recordedCreate(server, generation);
    const said = await sayAll(server.getListenPort(), Buffer.concat(frames));
    // Up to its block all is as it was; then the header is refused, or the body is not understood.
    const exchange = 2 + 8 + rsaWrapper.publicKeyPem.length + 1 + clientRsa.blockBytes;
    assert.equal(said.subarray(exchange).toString(), generation === 3 ? '0' : '1');
    assert.equal(backend.claimed, 1);
  });
}

test("a recorded key block under a key of one's own gives away no recorded session", async () => {
  await using server = await startTestServer({ rsaWrapper });
  const victim = new ByteChannel(await dialLoopback(server.getListenPort()));
  await sendPublicKey(victim, clientRsa);
  const server1 = await receivePublicKey(victim);
  const block = server1.encrypt(randomBytes(48));
  victim.send(block);
  assert.equal((await victim.read(1)).toString(), '1');
  const theirs = await receiveSessionKey(victim, clientRsa);

  const thief = new ByteChannel(await dialLoopback(server.getListenPort()));
  await sendPublicKey(thief, otherRsa);
  await receivePublicKey(thief);
  thief.send(block);
  assert.equal((await thief.read(1)).toString(), '1');
  const given = await receiveSessionKey(thief, otherRsa);
  assert.notDeepEqual(given.key, theirs.key);
  for (const channel of [victim, thief]) channel.destroy();
});
