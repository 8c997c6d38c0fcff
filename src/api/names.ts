/** The names, labels and annotations by which the programs of this project recognise each other's objects. */

export const API_GROUP = 'anweddol.io';
export const API_VERSION = 'v1alpha1';
export const FIELD_MANAGER = 'anweddol-operator';

export const LABEL_MANAGED_BY = 'app.kubernetes.io/managed-by';
export const LABEL_NAME = 'app.kubernetes.io/name';
export const LABEL_COMPONENT = 'app.kubernetes.io/component';

/** Kubernetes' own: whose an EndpointSlice is. Its other labels may be copied from the Service. */
export const LABEL_SLICE_MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

/** On every object of a server: the name of its AnweddolServer. */
export const LABEL_SERVER = `${API_GROUP}/server`;
/** On a container: its UUID. */
export const LABEL_CONTAINER_UUID = `${API_GROUP}/container-uuid`;
/** On a container: `booting`, `warm`, `claimed`, then `ready`, or only the last two; never back. */
export const LABEL_STATE = `${API_GROUP}/state`;

/** On a container: the SHA-256 of the ISO that it boots. */
export const ANNOTATION_ISO_SHA256 = `${API_GROUP}/iso-sha256`;
/** On a container: identifies what its machine is made of, so that a warm one of an older kind shows. */
export const ANNOTATION_MACHINE_SHA256 = `${API_GROUP}/machine-sha256`;

export const ANNOTATION_CLIENT_TOKEN_SHA256 = `${API_GROUP}/client-token-sha256`;
export const ANNOTATION_CLIENT_ID = `${API_GROUP}/client-id`;
/** The port of the container's SSH server on the server's public address; its slot. */
export const ANNOTATION_LISTEN_PORT = `${API_GROUP}/listen-port`;
export const ANNOTATION_CLAIMED_AT = `${API_GROUP}/claimed-at`;
/** The claim is void when the container is not ready by then; of one that boots ahead of demand, the boot has failed. */
export const ANNOTATION_START_BY = `${API_GROUP}/start-by`;
/** Nothing lives for ever. */
export const ANNOTATION_EXPIRES_AT = `${API_GROUP}/expires-at`;
/** A ready container whose credentials no client has taken by then belongs to nobody. */
export const ANNOTATION_DELIVER_BY = `${API_GROUP}/deliver-by`;
export const ANNOTATION_DELIVERED_AT = `${API_GROUP}/delivered-at`;

export const SECRET_TYPE_CREDENTIALS = `${API_GROUP}/container-credentials`;
export const SECRET_TYPE_RSA_KEY = `${API_GROUP}/rsa-key`;
export const SECRET_TYPE_ACCESS_TOKEN = `${API_GROUP}/access-token`;
export const SECRET_TYPE_TOKEN_LIST = `${API_GROUP}/token-list`;

/** The name of the container in a slot. Creating an object of this name is what takes the slot. */
export function containerName(serverName: string, port: number): string {
  return `${serverName}-${port}`;
}

/** The name of a slot's port on the server's Service, and of the target port that no pod defines. */
export function sshPortName(port: number): string {
  return `ssh-${port}`;
}

/** What a container is, in {@link LABEL_STATE}. */
export type ContainerState = 'booting' | 'warm' | 'claimed' | 'ready';
