import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { AESWrapper } from '../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../src/wire/byte-channel.ts';
import type { GenerationNumber } from '../../src/wire/generation.ts';
import { GENERATIONS } from '../../src/wire/generations.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../../src/wire/key-exchange.ts';
import { receiveBody, receiveLength, type Session, sendMessage } from '../../src/wire/message-exchange.ts';
import type { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';

/** @param localAddress on loopback: where the client is, for the server */
export async function dialLoopback(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve).once('error', reject);
  await promise;
  socket.off('error', reject).on('error', () => undefined);
  return socket;
}

/** The client's part of the key exchange, over any channel. */
export async function exchangeKeys(
  channel: ByteChannel,
  rsa: RSAWrapper,
  generation: GenerationNumber = 3,
): Promise<Session> {
  await sendPublicKey(channel, rsa);
  const server = await receivePublicKey(channel);
  await sendSessionKey(channel, AESWrapper.generate(randomBytes), server);
  return { aes: await receiveSessionKey(channel, rsa), generation: GENERATIONS[generation] };
}

/** The same for a client that waits for the server to speak first. It sends back the key that it is given. */
export async function exchangeKeysSecond(
  channel: ByteChannel,
  rsa: RSAWrapper,
  generation: GenerationNumber = 3,
): Promise<Session> {
  const server = await receivePublicKey(channel);
  await sendPublicKey(channel, rsa);
  const aes = await receiveSessionKey(channel, rsa);
  await sendSessionKey(channel, aes, server);
  return { aes, generation: GENERATIONS[generation] };
}

/** One message and its answer. */
export async function ask(channel: ByteChannel, session: Session, message: object): Promise<unknown> {
  await sendMessage(channel, session, message, randomBytes);
  return (await receiveBody(channel, session.aes, await receiveLength(channel, session))).message;
}

/** One whole session over any channel. */
export async function runSession(
  channel: ByteChannel,
  rsa: RSAWrapper,
  message: object,
  generation: GenerationNumber = 3,
): Promise<unknown> {
  return ask(channel, await exchangeKeys(channel, rsa, generation), message);
}

/** Writes in place of each frame what `cut` makes of it, each piece in a write of its own. */
export class CutChannel extends ByteChannel {
  readonly #socket: Socket;
  readonly #cut: (frame: Buffer) => Buffer[];

  constructor(socket: Socket, cut: (frame: Buffer) => Buffer[]) {
    super(socket);
    this.#socket = socket;
    this.#cut = cut;
  }

  override send(frame: Uint8Array | string): void {
    for (const piece of this.#cut(Buffer.from(frame))) this.#socket.write(piece);
  }

  override async write(frame: Uint8Array | string): Promise<void> {
    this.send(frame);
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

  override send(frame: Uint8Array | string): void {
    this.#count();
    super.send(frame);
  }

  override async write(frame: Uint8Array | string): Promise<void> {
    this.#count();
    await super.write(frame);
  }

  #count(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#vanish();
  }
}
