import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { KubeError } from './errors.ts';

/** What one request needs to be let in. Read anew for each, so that rotated tokens and certificates count at once. */
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
 * Tokens come from the kubeconfig, from the pod's token file (re-read each minute), or from an exec plugin.
 * @throws KubeError `NoCredentials` when a file is missing or a plugin fails
 */
export async function readCredentials(config: KubeConfig): Promise<Credentials> {
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new KubeError({ code: 0, reason: 'NoConfiguration', message: 'the kubeconfig names no cluster' });
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    const why = error instanceof Error ? error.message.trim().split('\n', 1)[0] : String(error);
    throw new KubeError({ code: 0, reason: 'NoCredentials', message: `no credentials: ${why}` }, { cause: error });
  }
  return {
    server: cluster.server.replace(/\/+$/, ''),
    headers: authHeaders(options),
    tls: tlsContents(options),
    proxyUrl: cluster.proxyUrl,
  };
}

function authHeaders(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  if (options.auth) headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  // A token file may end with a line break, which no header may.
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
