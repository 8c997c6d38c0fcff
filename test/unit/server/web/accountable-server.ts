import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { readCertificate } from '../../../../src/server/tls/read-certificate.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { newAuthority } from '../../../support/test-certificates.ts';
import { startTestServer, type TestServerOptions } from '../../../support/test-server.ts';
import { ToldMetrics } from '../told-metrics.ts';
import { ok } from './fixture.ts';

const rsaWrapper = await wrapperOf(recordedSessions(3).serverKey);
const LAST_GET_STAT = 'GET /stat HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
const HERE = '127.0.0.1';
export const ELSEWHERE = '127.0.7.7';
const { cert, key } = newAuthority('authority').issue('server');
const certificate = { file: 'tls.crt', pem: Buffer.from(cert) };
const { context } = readCertificate({ certificate, key: { file: 'tls.key', pem: Buffer.from(key) } });

/** A server whose clock stands still, and that knows where its clients are. */
export async function startAccountableServer({
  isSecure = false,
  ...options
}: Partial<TestServerOptions> & { isSecure?: boolean } = {}) {
  const clock = new FakeClock();
  const metrics = new ToldMetrics();
  const known = { rsaWrapper, clock, metrics, clientAddresses: 'known', speakFirstAfter: 0 } as const;
  const server = await startTestServer({
    ...known,
    web: { listenPort: 0, ...(isSecure && { tls: { current: context } }) },
    ...options,
  });
  const port = server.getWebListenPort();
  server.setRequestHandler('HOLD', async ({ signal }) => {
    await once(signal, 'abort');
    throw signal.reason;
  });
  const { promise: singing, resolve: sing } = Promise.withResolvers<void>();
  server.setRequestHandler('SING', () => {
    sing();
    return ok({ song: 'la'.repeat(32 * 1024 * 1024) });
  });
  return {
    server,
    port,
    singing,
    isSecure,
    clock,
    metrics,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
export type Served = Awaited<ReturnType<typeof startAccountableServer>>;

/** Whether a request on a connection of its own is answered. */
export async function isServed({ port, isSecure }: Served, localAddress = HERE): Promise<boolean> {
  const raw = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined);
  const socket = isSecure ? connectTls({ socket: raw, rejectUnauthorized: false }) : raw;
  socket.write(LAST_GET_STAT);
  return (await text(socket).catch(() => '')).startsWith('HTTP/1.1 200 ');
}
