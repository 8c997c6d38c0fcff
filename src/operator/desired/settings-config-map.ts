import type { AnweddolServer } from '../../api/resources.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import type { ConfigMap } from '../../kube/resources.ts';
import { objectNames, ownedMetadata } from './ownership.ts';

/** What the server pods are told, as one file. */
export function settingsConfigMap(server: AnweddolServer, settings: ServerSettings): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: ownedMetadata(server, objectNames(server).settings),
    data: { 'settings.json': JSON.stringify(settings, null, 2) },
  };
}
