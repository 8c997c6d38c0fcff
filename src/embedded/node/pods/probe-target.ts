import type { V1Probe } from '@kubernetes/client-node';
import type { Json } from '../../../kube/objects.ts';
import type { Container } from './environment.ts';

export type Probe = Json<V1Probe>;

export type ProbeTarget =
  | { kind: 'http'; scheme: 'http' | 'https'; port: number; path: string; headers: Record<string, string> }
  | { kind: 'tcp'; port: number };

/** What a probe asks, its named port looked up; undefined for the kinds that a node of processes can't do. */
export function probeTarget(probe: Probe, container: Container): ProbeTarget | undefined {
  const { httpGet, tcpSocket } = probe;
  const port = portNumber((httpGet ?? tcpSocket)?.port, container);
  if (port === undefined) return undefined;
  if (!httpGet) return { kind: 'tcp', port };
  const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]));
  return {
    kind: 'http',
    scheme: httpGet.scheme === 'HTTPS' ? 'https' : 'http',
    port,
    path: httpGet.path ?? '/',
    headers,
  };
}

function portNumber(port: string | number | undefined, container: Container): number | undefined {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort;
}
