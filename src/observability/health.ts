import { createServer, type Server } from 'node:http';

export interface HealthChecks {
  /** Whether the program should be sent work. */
  ready: () => boolean;
  /** Whether it is worth keeping alive. */
  alive: () => boolean;
}

/** Answers `/readyz` and `/healthz` with 200 or 503, until the signal aborts. */
export async function serveHealth(port: number, checks: HealthChecks, signal: AbortSignal): Promise<Server> {
  const answers: Record<string, () => boolean> = { '/readyz': checks.ready, '/healthz': checks.alive };
  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
    const check = answers[request.url ?? ''];
    const code = check ? (check() ? 200 : 503) : 404;
    response.writeHead(code, { 'content-type': 'text/plain' }).end(code === 200 ? 'ok\n' : 'no\n');
  });
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once('error', reject).listen(port, () => resolve(server));
  signal.addEventListener('abort', () => server.close(() => undefined).closeAllConnections(), { once: true });
  return promise;
}
