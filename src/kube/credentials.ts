import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { KubeError } from './errors.ts';
import type { TokenFile } from './token-file.ts';

/** What one request needs to be let in. */
export interface Credentials {
  /** Scheme, host, port, and a path prefix where the API server is behind one; no slash at the end. */
  server: string;
  headers: Record<string, string>;
  tls: TlsContents;
  proxyUrl: string | undefined;
}

interface TlsContents {
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/**
 * Certificates come from the kubeconfig or are read from the files it names; a token from the kubeconfig, from the token
 * file, or from an exec plugin, whose answer the `config` keeps as long as it is valid.
 * @throws KubeError `NoCredentials` when a file is missing or a plugin fails
 */
export async function readCredentials(config: KubeConfig, tokenFile: TokenFile | undefined): Promise<Credentials> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new KubeError({ code: 0, reason: 'NoConfiguration', message: 'the kubeconfig names no cluster' });
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
    if (tokenFile) options.headers = { ...options.headers, Authorization: `Bearer ${tokenFile.read()}` };
  } catch (error) {
    throw noCredentials(error);
  }
  return {
    server: cluster.server.replace(/\/+$/, ''),
    headers: authHeaders(options),
    tls: tlsContents(options),
    proxyUrl: cluster.proxyUrl,
  };
}

function noCredentials(error: unknown): KubeError {
  const refusal = (why: string, cause?: unknown) =>
    new KubeError({ code: 0, reason: 'NoCredentials', message: `no credentials: ${why}` }, { cause });
  // Without its cause: the parser's message quotes what the plugin printed, which may be a token.
  if (error instanceof SyntaxError) return refusal('the credentials plugin printed no JSON');
  return refusal((error instanceof Error ? error.message.trim().split('\n', 1)[0] : undefined) ?? String(error), error);
}

function authHeaders(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  if (options.auth) headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  // A plugin's token may end with a line break, which no header may.
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value).trim();
  return headers;
}

function tlsContents(options: RequestOptions): TlsContents {
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  return {
    ...(ca && { ca: String(ca) }),
    ...(cert && { cert: String(cert) }),
    ...(key && { key: String(key) }),
    ...(servername && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}
