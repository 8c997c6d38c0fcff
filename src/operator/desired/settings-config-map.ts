import type { AnweddolServer } from '../../api/resources.ts';
import { ServerSettings } from '../../api/server-settings.ts';
import type { ConfigMap } from '../../kube/resources.ts';
import { objectNames, ownedMetadata } from './ownership.ts';

/** What the server pods are told, as the text of one file. The same resource gives the same text. */
export function settingsText(server: AnweddolServer, isoSha256: string): string {
  const { name, namespace, uid } = server.metadata;
  // Parsing keeps just the fields that server pods act on, so that no other change rolls them.
  return JSON.stringify(
    ServerSettings.parse({
      server: { name, namespace, uid },
      spec: { ...server.spec, iso: { ...server.spec.iso, sha256: isoSha256 } },
    }),
    null,
    2,
  );
}

export function settingsConfigMap(server: AnweddolServer, isoSha256: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: ownedMetadata(server, objectNames(server).settings),
    data: { 'settings.json': settingsText(server, isoSha256) },
  };
}
