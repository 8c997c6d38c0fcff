import { createServer, type Server } from 'node:http';

export interface ListenAddress {
  /** Default: every address of the machine. */
  host?: string | undefined;
  /** 0: any free one. */
  port: number;
}

export interface Answer {
  code: number;
  body: string;
  /** Default plain text. */
  type?: string;
}

/** Whoever holds connections open holds no more than these. */
const MAX_CONNECTIONS = 64;
const REQUEST_MS = 5_000;
const CHECK_MS = 1_000;
/** Longer than kubelets and scrapers are silent between two requests, mostly. */
const KEEP_ALIVE_MS = 30_000;
const MAX_HEADER_BYTES = 8 * 2 ** 10;

/**
 * Answers GET requests, for probes and scrapers, until the signal aborts; then every connection is cut.
 * @param answer `undefined`: there is nothing at this URL
 * @throws Error when the address can't be listened on
 */
export async function listenForGet(
  address: ListenAddress,
  answer: (url: URL) => Promise<Answer | undefined> | Answer | undefined,
  signal: AbortSignal,
): Promise<Server> {
  signal.throwIfAborted();
  const limits = {
    requestTimeout: REQUEST_MS,
    headersTimeout: REQUEST_MS,
    connectionsCheckingInterval: CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const server = createServer(limits, async (request, response) => {
    const { code, body, type = 'text/plain; charset=utf-8' } = await answerTo(request.method, request.url, answer);
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' };
    response.writeHead(code, code === 405 ? { ...headers, allow: 'GET' } : headers).end(body);
  });
  server.maxConnections = MAX_CONNECTIONS;
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once('error', reject).listen({ port: address.port, host: address.host }, () => resolve(server));
  signal.addEventListener('abort', () => server.close(() => undefined).closeAllConnections(), { once: true });
  return promise;
}

async function answerTo(
  method: string | undefined,
  target: string | undefined,
  answer: Parameters<typeof listenForGet>[1],
): Promise<Answer> {
  const url = URL.parse(target ?? '', 'http://localhost');
  if (!url) return { code: 400, body: 'bad request\n' };
  if (method !== 'GET') return { code: 405, body: 'only GET\n' };
  try {
    return (await answer(url)) ?? { code: 404, body: 'not found\n' };
  } catch {
    return { code: 500, body: 'internal error\n' };
  }
}
