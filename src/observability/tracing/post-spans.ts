import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** What came of a request: `later` where the same may be taken another time, with the reason in a word. */
export type Verdict = { outcome: 'taken' } | { outcome: 'refused' | 'later'; reason: string };

/** As the specification of OTLP says. */
const WORTH_ANOTHER_TRY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Sends bodies to a collector, over one connection that is kept; see {@link spanPoster}. */
export type PostSpans = (body: string, signal: AbortSignal) => Promise<Verdict>;

/** @param endpoint `http:` or `https:`. Redirects are not followed. The functions never reject. */
export function spanPoster(endpoint: URL): { post: PostSpans; close(): void } {
  const isTls = endpoint.protocol === 'https:';
  const connections = { keepAlive: true, maxSockets: 1 };
  const agent = isTls ? new HttpsAgent(connections) : new HttpAgent(connections);
  const request = isTls ? httpsRequest : httpRequest;
  const post: PostSpans = async (body, signal) => {
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    const fail = (error: Error) => resolve({ outcome: 'later', reason: reasonOf(error) });
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    request(endpoint, { method: 'POST', headers, agent, signal }, (response) => {
      const { statusCode = 0 } = response;
      // What a collector says besides is of no use here, but the connection is, once all of it was read.
      response.on('error', fail).on('end', () => resolve(verdict(statusCode)));
      response.resume();
    })
      .on('error', fail)
      .end(body);
    return promise;
  };
  return { post, close: () => agent.destroy() };
}

function verdict(status: number): Verdict {
  if (status >= 200 && status < 300) return { outcome: 'taken' };
  return { outcome: WORTH_ANOTHER_TRY.has(status) ? 'later' : 'refused', reason: `HTTP ${status}` };
}

/** Without the address that messages have. */
function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
