import { once } from 'node:events';
import {
  type AddressInfo,
  connect as connectTcp,
  createServer,
  type Server,
  type ServerOpts,
  type Socket,
} from 'node:net';
import { duplexPair } from 'node:stream';
import type { TestContext } from 'node:test';
import { type ConnectionOptions, connect, type SecureContext, type TLSSocket } from 'node:tls';
import { readCertificate } from '../../../../src/server/tls/read-certificate.ts';
import { TlsFront } from '../../../../src/server/tls/tls-front.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { newAuthority, type Pair } from '../../../support/test-certificates.ts';

export const authority = newAuthority('test-authority');

export function contextOf({ cert, key }: Pair): SecureContext {
  const certificate = { file: 'tls.crt', pem: Buffer.from(cert) };
  return readCertificate({ certificate, key: { file: 'tls.key', pem: Buffer.from(key) } }).context;
}

/** How the first byte was looked at before the front gets the socket. */
export type Peek = (socket: Socket) => Promise<void>;

/** Takes all that has come, and stops the flow. */
export const peekChunk: Peek = async (socket) => {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.pause().unshift(chunk);
};

/** Takes one byte without a flow. */
export const peekByte: Peek = async (socket) => {
  await once(socket, 'readable');
  const byte: Buffer | null = socket.read(1);
  if (byte) socket.unshift(byte);
};

export interface Front {
  port: number;
  clock: FakeClock;
  /** What new connections are shown. */
  credentials: { current: SecureContext };
  /** The next connection: as it was accepted, and what the front made of it. */
  next(): Promise<{ socket: Socket; secured: Promise<TLSSocket> }>;
  /** Resolves when no connection is left. */
  close(): Promise<void>;
}

/** A front on a free port of 127.0.0.1. */
export async function startFront(t: TestContext, peek: Peek = peekChunk, options: ServerOpts = {}): Promise<Front> {
  const clock = new FakeClock();
  const credentials = { current: contextOf(authority.issue('server')) };
  const front = new TlsFront({ credentials, clock, alpn: 'anweddol/1', handshakeTimeoutMs: 5_000 });
  const server = createServer({ noDelay: true, ...options }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<Socket>();
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    clock,
    credentials,
    async next() {
      const [socket] = (await once(server, 'connection')) as [Socket];
      sockets.add(socket);
      await peek(socket);
      const secured = front.secure(socket);
      secured.catch(() => undefined);
      return { socket, secured };
    },
    close: () => closed(server),
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** A client's connection, and the means to meddle with what it sends in clear. */
export interface RawClient {
  tls: TLSSocket;
  /** Never settles when the handshake fails. */
  secured: Promise<void>;
  /** What TLS writes goes through `forward`; write here to send beside it. */
  raw: Socket;
}

/**
 * A TLS client other than ours.
 * @param forward what becomes of each piece that TLS writes; default: it is sent
 */
export async function dialTls(
  port: number,
  options: ConnectionOptions = { ALPNProtocols: ['anweddol/1'] },
  forward: (piece: Buffer, raw: Socket) => void = (piece, raw) => raw.write(piece),
): Promise<RawClient> {
  const raw = connectTcp({ port, host: '127.0.0.1', noDelay: true });
  await once(raw, 'connect');
  raw.on('error', () => undefined);
  const [near, far] = duplexPair();
  raw.on('data', (bytes: Buffer) => far.write(bytes)).on('end', () => far.end());
  far.on('data', (piece: Buffer) => forward(piece, raw)).on('end', () => raw.end());
  const tls = connect({ socket: near, rejectUnauthorized: false, ...options });
  const secured = new Promise<void>((resolve) => tls.once('secureConnect', resolve));
  tls.on('error', () => undefined);
  return { tls, secured, raw };
}
