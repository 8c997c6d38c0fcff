import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { PeerPublicKey } from '../../src/wire/peer-public-key.ts';
import type { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { type FramedKeys, fixedBlock, fixedKey, fixedRandom } from '../support/client-frames.ts';
import { recordedSessions, wrapperOf } from '../support/recorded-sessions.ts';
import { newAuthority } from '../support/test-certificates.ts';
import { clientHello } from './client-hello.ts';
import { KeyStandIn } from './key-stand-in.ts';
import { Random } from './random.ts';
import { Target } from './target.ts';
import { WatchedKey } from './watched-key.ts';
import { WebTarget } from './web-target.ts';

type ClientKeys = Omit<FramedKeys, 'order'>;

/** What all runs share. Nothing of it, but what TLS draws, differs from one program run to the next. */
export interface Ground {
  /** The server with a key that stands in. */
  target: Target;
  /** The server with a real key. */
  wholeTarget: Target;
  web: WebTarget;
  /** What a client has for the exchange: one for each size of its key. */
  clients: readonly [ClientKeys, ...ClientKeys[]];
  /** A block that the real key opens. */
  realBlock: Buffer;
  /** The first record of a TLS client. */
  hello: Buffer;
}

export async function layGround(): Promise<Ground & AsyncDisposable> {
  const real = await wrapperOf(recordedSessions(3).serverKey);
  const watched = new WatchedKey(real);
  const standIn = new KeyStandIn(real);
  const { key, iv } = fixedKey();
  const block = new Random(1, 1).bytes(real.blockBytes);
  standIn.learn(block, Buffer.concat([key, iv]));
  const { cert, key: privateKey } = newAuthority('fuzz').issue('server');
  const tls = { current: createSecureContext({ cert, key: privateKey, minVersion: 'TLSv1.3' }) };
  const target = new Target({ rsa: standIn.asWrapper, isKeyAtWork: () => false, randomBytes: fixedRandom, tls });
  const wholeTarget = new Target({
    rsa: watched.asWrapper,
    isKeyAtWork: () => watched.isAtWork,
    randomBytes: fixedRandom,
    tls,
  });
  const web = await WebTarget.start(target.context());
  return {
    target,
    wholeTarget,
    web,
    // Mostly small: what is encrypted to a larger one takes longer.
    clients: [
      clientKeys(real, block, 2048, 65_537),
      clientKeys(real, block, 2048, 65_537),
      clientKeys(real, block, 2048, 3),
      clientKeys(real, block, 3072, 65_537),
      clientKeys(real, block, 4096, 65_537),
    ],
    realBlock: fixedBlock(PeerPublicKey.fromPem(real.publicKeyPem)),
    hello: await clientHello(),
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  };
}

/** The modulus is no product of primes: nobody ever has to decrypt anything. */
function clientKeys(
  { publicKeyPem: serverPem }: RSAWrapper,
  block: Buffer,
  bits: number,
  exponent: number,
): ClientKeys {
  const modulus = new Random(2, bits).bytes(bits / 8);
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  modulus[modulus.length - 1] = (modulus.at(-1) ?? 0) | 1;
  const e = Buffer.alloc(3);
  e.writeUIntBE(exponent, 0, 3);
  const jwk: JsonWebKey = { kty: 'RSA', n: modulus.toString('base64url'), e: e.toString('base64url') };
  const clientPem = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
  return { clientPem, clientBlockBytes: modulus.length, serverPem, block };
}

export function anyKeys(random: Random, { clients }: Ground): FramedKeys {
  return { ...random.pick(clients), order: random.oneIn(3) ? 'server' : 'client' };
}
