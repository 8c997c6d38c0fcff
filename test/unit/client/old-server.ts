import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import type { Generation, GenerationNumber } from '../../../src/wire/generation.ts';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { jsonText } from '../../../src/wire/json-text.ts';
import { openSessionKey, receivePublicKey, sendPublicKey, sendSessionKey } from '../../../src/wire/key-exchange.ts';
import { isPlainHeader } from '../../../src/wire/length-header.ts';
import { sendMessage } from '../../../src/wire/message-exchange.ts';
import type { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';

/** What a released server does about a message that it can't read: it depends on the release. */
export type Reaction = 'message' | 'refusal' | 'close';
export const REACTIONS: readonly Reaction[] = ['message', 'refusal', 'close'];

export interface OldServerOptions {
  rsa: RSAWrapper;
  generation: GenerationNumber;
  /** Default `message`. */
  reaction?: Reaction;
  speaksFirst?: boolean;
  /** To every request. Default: success. */
  response?: object;
  /** Called with each connection, numbered from 1, when it is there and when its keys are exchanged. */
  interfere?: (socket: Socket, connection: number, moment: 'connected' | 'exchanged') => void | Promise<void>;
}

/** Behaves as released servers do: knows one generation, echoes the client's key, serves one request per connection. */
export class OldServer implements AsyncDisposable {
  /** Requests that were understood, in order. */
  readonly requests: { verb: string; parameters: Record<string, unknown> }[] = [];
  connections = 0;
  options: OldServerOptions;
  port = 0;
  readonly #sockets = new Set<Socket>();
  readonly #listener = createServer({ noDelay: true }, (socket) => this.#accept(socket));

  private constructor(options: OldServerOptions) {
    this.options = options;
  }

  static async start(options: OldServerOptions): Promise<OldServer> {
    const server = new OldServer(options);
    await new Promise<void>((resolve) => server.#listener.listen(0, '127.0.0.1', resolve));
    const address = server.#listener.address();
    server.port = typeof address === 'object' && address ? address.port : 0;
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  /** Resolves when no connection is left. */
  async deserted(): Promise<void> {
    for (const socket of this.#sockets) {
      if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
    }
  }

  #accept(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket.on('error', () => undefined));
    this.#serve(socket, this.connections).catch(() => socket.end());
  }

  async #serve(socket: Socket, number: number): Promise<void> {
    const { interfere } = this.options;
    await interfere?.(socket, number, 'connected');
    const channel = new ByteChannel(socket);
    const aes = await this.#exchangeKeys(channel);
    await interfere?.(socket, number, 'exchanged');
    const generation = GENERATIONS[this.options.generation];
    const request = await received(channel, generation, aes);
    if (!request) return await this.#react(channel, aes);
    this.requests.push(request);
    const { response = { success: true, message: 'OK', data: {} } } = this.options;
    await sendMessage(channel, { aes, generation }, response, randomBytes);
    channel.end();
  }

  async #exchangeKeys(channel: ByteChannel): Promise<AESWrapper> {
    const { rsa, speaksFirst } = this.options;
    if (!speaksFirst) {
      const client = await receivePublicKey(channel);
      await sendPublicKey(channel, rsa);
      const aes = await opened(channel, rsa);
      await sendSessionKey(channel, aes, client);
      return aes;
    }
    await sendPublicKey(channel, rsa);
    const client = await receivePublicKey(channel);
    await sendSessionKey(channel, AESWrapper.generate(randomBytes), client);
    return await opened(channel, rsa);
  }

  async #react(channel: ByteChannel, aes: AESWrapper): Promise<void> {
    const { reaction = 'message', generation } = this.options;
    if (reaction === 'refusal') return channel.end('0');
    if (reaction === 'close') return channel.end();
    const message = { success: false, message: 'Internal error', data: {} };
    if (generation === 3) avoidAcceptance(aes, message);
    await sendMessage(channel, { aes, generation: GENERATIONS[generation] }, message, randomBytes);
    channel.end();
  }
}

/** One encrypted header in 256 begins as an acknowledgement does, and the client takes it for one: not what is tested here. */
function avoidAcceptance(aes: AESWrapper, message: object): void {
  const { sealBody, sealHeader } = GENERATIONS[3];
  const { body } = sealBody(Buffer.from(jsonText(message)), aes, randomBytes);
  while (sealHeader(body.length, aes).toString('latin1', 0, 1) === '1') aes.iv = randomBytes(16);
}

async function opened(channel: ByteChannel, rsa: RSAWrapper): Promise<AESWrapper> {
  const aes = await openSessionKey(await channel.read(rsa.blockBytes), rsa, channel.closed);
  channel.send('1');
  return aes;
}

/** Undefined when it can't be read: of a longer header than its own it takes the first bytes, and waits for no more of a shorter. */
async function received(channel: ByteChannel, generation: Generation, aes: AESWrapper) {
  try {
    const start = await channel.read(8);
    if (isPlainHeader(start) !== (generation.number !== 3)) return undefined;
    const rest = generation.number === 3 ? await channel.read(8) : Buffer.alloc(0);
    const length = generation.openHeader(Buffer.concat([start, rest]), aes);
    channel.send('1');
    const { plaintext, nextIv } = generation.openBody(await channel.read(length), aes);
    const request = JSON.parse(plaintext.toString('utf8'));
    aes.iv = nextIv;
    return request;
  } catch {
    return undefined;
  }
}
