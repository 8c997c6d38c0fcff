import type { KubeObject, Resource } from '../kube/objects.ts';
import type { AnweddolAccessTokenSpec, AnweddolAccessTokenStatus } from './anweddol-access-token.ts';
import type { AnweddolServerSpec } from './anweddol-server.ts';
import type { AnweddolServerStatus } from './anweddol-server-status.ts';
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

/** As stored. */
export interface AnweddolAccessToken extends KubeObject {
  spec: AnweddolAccessTokenSpec;
  status?: AnweddolAccessTokenStatus;
}

export const AnweddolAccessToken: Resource<AnweddolAccessToken> = {
  group: API_GROUP,
  version: API_VERSION,
  plural: 'anweddolaccesstokens',
  kind: 'AnweddolAccessToken',
  namespaced: true,
};
