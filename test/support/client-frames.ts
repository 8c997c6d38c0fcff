import { AESWrapper } from '../../src/wire/aes-wrapper.ts';
import type { Generation } from '../../src/wire/generation.ts';
import { jsonText } from '../../src/wire/json-text.ts';
import { formatLength } from '../../src/wire/length-header.ts';
import { PLAIN_HEADER_BYTES } from '../../src/wire/limits.ts';
import type { PeerPublicKey } from '../../src/wire/peer-public-key.ts';
import type { RandomBytes } from '../../src/wire/random-bytes.ts';

/** Who sends its public key first. */
export type Order = 'client' | 'server';
export const ORDERS: readonly Order[] = ['client', 'server'];

/** What a client sends, and how many bytes its server answers that with; of the last frame of a session: unknown. */
export interface ClientFrame {
  name: string;
  bytes: Buffer;
  replyBytes: number | undefined;
}

/** Both sides' keys, and who goes first. */
export interface FramedKeys {
  order: Order;
  clientPem: string;
  /** Of the client's key, in bytes. */
  clientBlockBytes: number;
  serverPem: string;
  /** See {@link fixedBlock}. */
  block: Buffer;
}

const ACCEPTED = Buffer.from('1');

/** No randomness at all: whoever gives it to a server knows every session's key. */
export const fixedRandom: RandomBytes = (size) => Buffer.alloc(size, 0x5a);

/** The key that a server with {@link fixedRandom} gives to every client. */
export function fixedKey(): AESWrapper {
  return AESWrapper.generate(fixedRandom);
}

/** That key, as only the server can read it. */
export function fixedBlock(server: PeerPublicKey): Buffer {
  const { key, iv } = fixedKey();
  return server.encrypt(Buffer.concat([key, iv]));
}

/** The client's frames of the key exchange with a server that has {@link fixedRandom}. */
export function keyFrames({ order, clientPem, clientBlockBytes, serverPem, block }: FramedKeys): ClientFrame[] {
  const pemBytes = serverPem.length;
  const length = formatLength(clientPem.length);
  const pem = Buffer.from(clientPem);
  if (order === 'client') {
    return [
      { name: 'length of the public key', bytes: length, replyBytes: 1 },
      { name: 'public key', bytes: pem, replyBytes: 1 + length.length },
      { name: "acknowledgement of the server's length", bytes: ACCEPTED, replyBytes: pemBytes },
      { name: "acknowledgement of the server's key", bytes: ACCEPTED, replyBytes: 0 },
      { name: 'key block', bytes: block, replyBytes: 1 + clientBlockBytes },
      { name: "acknowledgement of the server's block", bytes: ACCEPTED, replyBytes: 0 },
    ];
  }
  return [
    { name: "acknowledgement of the server's length", bytes: ACCEPTED, replyBytes: pemBytes },
    { name: "acknowledgement of the server's key", bytes: ACCEPTED, replyBytes: 0 },
    { name: 'length of the public key', bytes: length, replyBytes: 1 },
    { name: 'public key', bytes: pem, replyBytes: 1 + clientBlockBytes },
    { name: "acknowledgement of the server's block", bytes: ACCEPTED, replyBytes: 0 },
    { name: 'key block', bytes: block, replyBytes: 1 },
  ];
}

/** The frames of one request, and of taking its response. @param message an object, or the very text */
export function requestFrames(
  message: object | string | Buffer,
  generation: Generation,
  randomBytes: RandomBytes = fixedRandom,
): ClientFrame[] {
  const plaintext = Buffer.isBuffer(message)
    ? message
    : Buffer.from(typeof message === 'string' ? message : jsonText(message));
  const aes = fixedKey();
  const { body } = generation.sealBody(plaintext, aes, randomBytes);
  return [
    { name: 'length of the request', bytes: generation.sealHeader(body.length, aes), replyBytes: 1 },
    { name: 'request', bytes: body, replyBytes: generation.headerBytes },
    { name: 'acknowledgement of the response', bytes: ACCEPTED, replyBytes: undefined },
  ];
}

export function bytesOf(frames: readonly ClientFrame[]): Buffer {
  return Buffer.concat(frames.map(({ bytes }) => bytes));
}

/** How many bytes the server sends up to the end of these frames, its greeting included. */
export function replyBytesOf(frames: readonly ClientFrame[], order: Order): number {
  return frames.reduce((sum, { replyBytes = 0 }) => sum + replyBytes, order === 'server' ? PLAIN_HEADER_BYTES : 0);
}

/**
 * The response that is all of these bytes.
 * @param bytes what a server with {@link fixedRandom} sent after it had accepted the length of the request
 * @throws when it is none, or not all
 */
export function openResponse(bytes: Buffer, generation: Generation): { message: string; [key: string]: unknown } {
  // What is random is the same for each message, so the IV that the request brought is the first one again.
  const aes = fixedKey();
  const length = generation.openHeader(bytes.subarray(0, generation.headerBytes), aes);
  const body = bytes.subarray(generation.headerBytes);
  if (body.length !== length) throw new RangeError(`a response of ${body.length} bytes was announced as ${length}`);
  return JSON.parse(generation.openBody(body, aes).plaintext.toString());
}
