/** What is asked for, by method and target (RFC 9112, §3.2); the query is of no account. */
export type Route =
  | { kind: 'greeting' | 'description' }
  | { kind: 'verb'; verb: string }
  /** No verb can have this path. */
  | { kind: 'nowhere' }
  | { kind: 'methodNotAllowed'; allow: string };

const VERB_PATH = /^\/([a-z]+)$/;
const PAGES: Record<string, Route> = { '/': { kind: 'greeting' }, '/openapi.json': { kind: 'description' } };
const PAGE_METHODS = ['GET', 'HEAD'];
const VERB_METHODS = ['GET', 'POST'];

export function routeOf(method: string, target: string): Route {
  const path = pathOf(target);
  const page = path === undefined ? undefined : PAGES[path];
  const allowed = page ? PAGE_METHODS : VERB_METHODS;
  if (!allowed.includes(method)) return { kind: 'methodNotAllowed', allow: allowed.join(', ') };
  if (page) return page;
  const verb = VERB_PATH.exec(path ?? '')?.[1];
  return verb ? { kind: 'verb', verb: verb.toUpperCase() } : { kind: 'nowhere' };
}

function pathOf(target: string): string | undefined {
  if (target.startsWith('/')) return target.split('?', 1)[0];
  return URL.parse(target)?.pathname;
}
