import type { Socket } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { RuntimeError } from '../../wire/errors.ts';
import type { CidrList } from '../access/cidr-list.ts';
import { parseProxyHeader } from '../proxy-protocol/parse-proxy-header.ts';
import type { TlsFront } from '../tls/tls-front.ts';
import type { Connection } from './connection.ts';
import { type ReadAhead, readAhead } from './read-ahead.ts';

/** The first byte of a TLS record that begins a handshake (RFC 8446, §5.1); the protocol itself begins with a digit. */
const TLS_HANDSHAKE = 0x16;
/** Type, version and length (RFC 8446, §5.1); type and length (§4). */
const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_HEADER_BYTES = 4;
const MAX_CLIENT_HELLO_BYTES = 16 * 1024;

export interface PrologueOptions {
  clock: Clock;
  /** For the first bytes to come. Milliseconds. */
  limitMs: number;
  /** A connection silent for so long is spoken to. Milliseconds; 0: never. */
  speakFirstAfterMs: number;
  /** What the server says first. */
  greeting: () => Buffer;
  /** Who announces client addresses by the PROXY protocol; nobody else may. */
  trustedProxies?: CidrList | undefined;
  tls?: TlsFront | undefined;
}

/** What came before the first byte of the protocol. */
export interface Opening {
  /** The stream of the protocol, paused. */
  socket: Socket;
  /** Whether the server spoke first: its greeting is on its way. */
  greeted: boolean;
  transport: 'plain' | 'tls';
}

/**
 * The address of a client behind a proxy; undefined: the socket's is the client's.
 * @throws `ValueError` `BadProxyHeader`; `RuntimeError` `Closed`, `TimedOut`
 */
export async function announcedAddress(
  { socket, address }: Connection,
  { clock, limitMs, trustedProxies }: Pick<PrologueOptions, 'clock' | 'limitMs' | 'trustedProxies'>,
): Promise<string | undefined> {
  if (!trustedProxies?.includes(address)) return undefined;
  const decide = (bytes: Buffer) => {
    const header = parseProxyHeader(bytes);
    return header.state === 'done' ? { value: header.source?.address, used: header.length } : undefined;
  };
  return (await readAhead(socket, { clock, limitMs, what: 'the PROXY header', decide })).value;
}

/** Waits for the client to speak; after a while speaks first. @throws `RuntimeError` `Closed`, `TimedOut`, `TlsFailed` */
export function opening(socket: Socket, options: PrologueOptions): Promise<Opening> {
  // No function that awaits here: its frame would be a tenth of what an idle connection costs.
  return firstByte(socket, options).then(({ value: byte, spoke: greeted }) => {
    if (byte === TLS_HANDSHAKE && !greeted && options.tls) return secured(socket, options.tls, options);
    return { socket, greeted, transport: 'plain' };
  });
}

/** Waits for a client that has to begin with TLS. @throws `RuntimeError` `Closed`, `TimedOut`, `TlsFailed` */
export async function clientHello(
  socket: Socket,
  { clock, limitMs }: Pick<PrologueOptions, 'clock' | 'limitMs'>,
): Promise<void> {
  await readAhead(socket, { clock, limitMs, what: 'the first message of TLS', decide: firstOfEnough });
}

async function secured(socket: Socket, tls: TlsFront, options: PrologueOptions): Promise<Opening> {
  const stream = await tls.secure(socket);
  return { socket: stream, greeted: (await firstByte(stream, options)).spoke, transport: 'tls' };
}

/**
 * Whether the first bytes tell all that is to be known before TLS is begun: what it announces is set aside by OpenSSL
 * before it has come.
 * @throws `RuntimeError` `TlsFailed` when it announces more than any client's first message has
 */
function isEnough(bytes: Buffer): boolean {
  if (bytes[0] !== TLS_HANDSHAKE) return true;
  if (bytes.length < RECORD_HEADER_BYTES + HANDSHAKE_HEADER_BYTES) return false;
  const record = bytes.readUInt16BE(3);
  const message = bytes.readUIntBE(RECORD_HEADER_BYTES + 1, 3);
  if (record >= HANDSHAKE_HEADER_BYTES && message <= MAX_CLIENT_HELLO_BYTES) return true;
  throw new RuntimeError(
    'TlsFailed',
    `no TLS connection with the peer: its first message is said to have ${message} bytes`,
  );
}

function firstByte(socket: Socket, options: PrologueOptions): Promise<ReadAhead<number>> {
  const { clock, limitMs, speakFirstAfterMs: afterMs, greeting: say, tls } = options;
  const onSilence = afterMs > 0 ? { afterMs, say } : undefined;
  const decide = tls ? firstOfEnough : firstOf;
  return readAhead(socket, { clock, limitMs, what: 'the first byte', decide, onSilence });
}

function firstOf(bytes: Buffer): { value: number; used: number } {
  return { value: bytes[0] ?? 0, used: 0 };
}

function firstOfEnough(bytes: Buffer): { value: number; used: number } | undefined {
  return isEnough(bytes) ? firstOf(bytes) : undefined;
}
