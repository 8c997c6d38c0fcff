import { dirname } from 'node:path/posix';
import type { V1PodSpec, V1Volume } from '@kubernetes/client-node';
import type { AnweddolServer } from '../../api/resources.ts';
import { SERVER_FILES } from '../../api/server-settings.ts';
import type { Json } from '../../kube/objects.ts';
import { objectNames } from './ownership.ts';

/** The Secrets that server pods are given; absent where they need none. */
export interface PodSecrets {
  key?: string | undefined;
  tls?: string | undefined;
  web?: string | undefined;
  tokens?: string | undefined;
}

interface Mount {
  name: string;
  /** The folder it appears at. */
  path: string;
  source: Omit<Json<V1Volume>, 'name'>;
}

/** What is mounted into a server pod. */
export function mounts(server: AnweddolServer, secrets: PodSecrets): Mount[] {
  const password = server.spec.containers.endpoint.passwordSecretRef;
  return [
    {
      name: 'settings',
      path: dirname(SERVER_FILES.settings),
      source: { configMap: { name: objectNames(server).settings } },
    },
    ...secret('key', SERVER_FILES.privateKey, secrets.key, [{ key: 'private.pem', path: 'private.pem' }]),
    ...secret('endpoint', SERVER_FILES.endpointPassword, password?.name, [
      { key: password?.key ?? '', path: 'password' },
    ]),
    ...secret('access-tokens', SERVER_FILES.accessTokens, secrets.tokens),
    ...secret('tls', SERVER_FILES.tlsCertificate, secrets.tls),
    ...secret('web-tls', SERVER_FILES.webCertificate, secrets.web),
  ];
}

/** The Secret that a pod has as the volume of this name: `key`, `tls`, `web-tls`. */
export function mountedSecret(pod: Json<V1PodSpec> | undefined, volume: string): string | undefined {
  return pod?.volumes?.find(({ name }) => name === volume)?.secret?.secretName;
}

function secret(
  name: string,
  file: string,
  secretName: string | undefined,
  items?: { key: string; path: string }[],
): Mount[] {
  if (!secretName) return [];
  return [{ name, path: dirname(file), source: { secret: { secretName, ...(items && { items }) } } }];
}
