/** The part of a kubelet's own API that `kubectl logs` needs. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { issueServingCertificate } from '../apiserver/tls/certificate.ts';
import type { LogBuffer } from './log-buffer.ts';

export interface KubeletServerOptions {
  /** PEM: who signed the certificate that the API server shows. Nobody else is answered. */
  clientCa: string;
  /** Milliseconds since the epoch. */
  now: number;
  logs(pod: { namespace: string; name: string }, container: string): LogBuffer | undefined;
}

export interface KubeletServer {
  /** Of 127.0.0.1. */
  port: number;
  close(): void;
}

const LOGS = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** Answers the API server, and nobody else, with what containers wrote. */
export async function startKubeletServer({ clientCa, now, logs }: KubeletServerOptions): Promise<KubeletServer> {
  const { certificate, privateKey } = await issueServingCertificate(now);
  const tls = { cert: certificate, key: privateKey, ca: clientCa, requestCert: true, rejectUnauthorized: true };
  const server = createServer(tls, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://kubelet');
    const [, namespace = '', name = '', container = ''] = LOGS.exec(url.pathname) ?? [];
    const log = request.method === 'GET' && container ? logs({ namespace, name }, container) : undefined;
    if (!log) {
      response.writeHead(404).end('no such container\n');
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
    const tail = url.searchParams.get('tailLines');
    const lines = tail === null ? undefined : Number(tail);
    const stop = new AbortController();
    response.once('close', () => stop.abort());
    const follows = url.searchParams.get('follow') === 'true';
    const text = follows ? log.follow(lines, stop.signal) : [log.tail(lines)];
    pipeline(Readable.from(text), response).catch(() => response.destroy());
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
