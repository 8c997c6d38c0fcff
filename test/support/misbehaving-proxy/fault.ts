export type Verb = 'list' | 'watch' | 'get' | 'write';

/** One request as the proxy saw it. */
export interface SeenCall {
  method: string;
  path: string;
  query: URLSearchParams;
  verb: Verb;
  /** Of the answer, the proxy's own included; absent while, or when, there is none. */
  status?: number;
}

/** What happens to a request, and to its answer. */
export interface Fault {
  /** A TCP reset in place of an answer. */
  cut?: boolean;
  /** The request is passed on after so long, or answered here. */
  delayMs?: number;
  /** A `Status` of this code in place of the API server's answer. */
  answer?: number;
  /** The answer's `Retry-After`. */
  retryAfterSeconds?: number;
  /** Each line of a watch comes so much later. */
  lagMs?: number;
  /** A watch ends, cleanly, after so long. */
  endAfterMs?: number;
}

export interface Rule extends Fault {
  on: (call: SeenCall) => boolean;
  /** How often it applies. Default: until it is taken back. */
  times?: number;
}

/** A request line's verb, by what it says about the path and the query. */
export function verbOf(method: string, path: string, query: URLSearchParams): Verb {
  if (method !== 'GET') return 'write';
  if (query.has('watch')) return 'watch';
  const [, within = ''] = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(.*)$/.exec(path) ?? [];
  const parts = within.split('/').slice(within.startsWith('namespaces/') && within.split('/').length > 2 ? 2 : 0);
  return parts.length === 1 && parts[0] !== '' ? 'list' : 'get';
}
