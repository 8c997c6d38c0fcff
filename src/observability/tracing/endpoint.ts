/** Where collectors take traces unless they were told otherwise. */
const USUAL_PATH = '/v1/traces';

/**
 * The URL that traces are sent to, with the usual path where the text has none. Undefined where it is no URL of `http` or
 * `https`, or one with a name and password: those would show in the manifests of pods.
 */
export function tracesEndpoint(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password || url.hash) return undefined;
  if (url.pathname === '/' && !url.search) url.pathname = USUAL_PATH;
  return url.href;
}
