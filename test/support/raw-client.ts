import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { AESWrapper } from '../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../src/wire/byte-channel.ts';
import { generation3 } from '../../src/wire/generation-3.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../../src/wire/key-exchange.ts';
import type { Link } from '../../src/wire/link.ts';
import { receiveBody, receiveLength, type Session, sendMessage } from '../../src/wire/message-exchange.ts';
import type { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';

export async function dialLoopback(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve).once('error', reject);
  await promise;
  socket.off('error', reject).on('error', () => undefined);
  return socket;
}

/** The client's part of the key exchange, over any channel. */
export async function exchangeKeys(link: Link, rsa: RSAWrapper): Promise<Session> {
  await sendPublicKey(link, rsa);
  const server = await receivePublicKey(link);
  await sendSessionKey(link, AESWrapper.generate(randomBytes), server);
  return { aes: await receiveSessionKey(link, rsa), generation: generation3 };
}

/** One whole session over any channel. */
export async function runSession(link: Link, rsa: RSAWrapper, message: object): Promise<unknown> {
  const session = await exchangeKeys(link, rsa);
  await sendMessage(link, session, message, randomBytes);
  return receiveBody(link, session, await receiveLength(link, session));
}

/** Writes in place of each frame what `cut` makes of it, piece by piece. */
export class CutChannel extends ByteChannel {
  readonly #cut: (frame: Buffer) => Buffer[];

  constructor(socket: Socket, cut: (frame: Buffer) => Buffer[]) {
    super(socket);
    this.#cut = cut;
  }

  override async write(frame: Uint8Array | string, signal: AbortSignal): Promise<void> {
    for (const piece of this.#cut(Buffer.from(frame))) await super.write(piece, signal);
  }
}

/** Calls `vanish` in place of the write of this number, the first being 1. */
export class VanishingChannel extends ByteChannel {
  #left: number;
  readonly #vanish: () => void;

  constructor(socket: Socket, writeNumber: number, vanish: () => void) {
    super(socket);
    this.#left = writeNumber;
    this.#vanish = vanish;
  }

  override async write(frame: Uint8Array | string, signal: AbortSignal): Promise<void> {
    this.#left -= 1;
    if (this.#left === 0) this.#vanish();
    await super.write(frame, signal);
  }
}
