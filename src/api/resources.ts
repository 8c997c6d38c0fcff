import type { KubeObject, Resource } from '../kube/objects.ts';
import type { AnweddolServerSpec, AnweddolServerStatus } from './anweddol-server.ts';
import { API_GROUP, API_VERSION } from './names.ts';

/** As stored; `spec` has been through {@link AnweddolServerSpec}, so its defaults are there. */
export interface AnweddolServer extends KubeObject {
  spec: AnweddolServerSpec;
  status?: AnweddolServerStatus;
}

export const AnweddolServer: Resource<AnweddolServer> = {
  group: API_GROUP,
  version: API_VERSION,
  plural: 'anweddolservers',
  kind: 'AnweddolServer',
  namespaced: true,
};
