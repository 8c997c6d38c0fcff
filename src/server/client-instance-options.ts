import type { Socket } from 'node:net';
import type { Clock } from '../runtime/clock.ts';
import type { AESWrapper } from '../wire/aes-wrapper.ts';
import type { ByteChannelOptions } from '../wire/byte-channel.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import type { RSAWrapper } from '../wire/rsa-wrapper.ts';
import type { SessionStep } from './session/time-limit.ts';

export interface ClientInstanceOptions extends ByteChannelOptions {
  /** Connected: a TCP socket, or TLS over one. */
  socket: Socket;
  /** For the key exchange and the request together, and once more for the response. Seconds; default: no limit. */
  timeout?: number | undefined;
  /** For each step of them. Seconds; default: `timeout` alone. */
  stepTimeout?: number | undefined;
  /** Default: a new key of 4,096 bits, made when it is needed, which takes a second or so. */
  rsaWrapper?: RSAWrapper | undefined;
  /** The key to give to the client. Default, and better: a fresh one. */
  aesWrapper?: AESWrapper | undefined;
  /** Whether `recvRequest` exchanges the keys when that has not been done. Default true. */
  exchangeKeys?: boolean | undefined;
  /** Where the client is. Default: the address of the socket's other end. */
  address?: string | undefined;
  /** When the client connected, on `clock.elapsed()`. Default: now. */
  connectedAt?: number | undefined;
  /** Called with how many milliseconds a step took. */
  onStepEnded?: ((step: SessionStep, ms: number) => void) | undefined;
  clock?: Clock | undefined;
  randomBytes?: RandomBytes | undefined;
}
