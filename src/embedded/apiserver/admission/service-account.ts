import { asArray, asString, clone, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf } from '../base/kube-object.ts';
import { forbidden } from '../base/status-error.ts';
import type { ResourceRequest, Server } from '../handlers/context.ts';
import { nameSuffix } from '../handlers/name-suffix.ts';

const PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** An hour and seven seconds: by which the API server knows the tokens that it asked for itself. */
const TOKEN_SECONDS = 3607;

/**
 * A pod with its account's token mounted into every container, unless one of the two refuses it.
 * @throws KubeStatusError 403 when there is no such account; the default one may be on its way
 */
export function admitServiceAccount(server: Server, request: ResourceRequest, pod: StoredObject): StoredObject {
  const name = asString(specOf(pod).serviceAccountName);
  const account = server.store.collection('serviceaccounts').get(request.namespace, name);
  if (!account) {
    if (name === 'default') return pod;
    const why = `error looking up service account ${request.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`;
    throw forbidden({ group: '', resource: 'pods', name: pod.metadata.name }, why);
  }
  const next = clone(pod);
  const spec = specOf(next);
  if (asArray(spec.imagePullSecrets).length === 0 && asArray(account.imagePullSecrets).length > 0) {
    spec.imagePullSecrets = clone(asArray(account.imagePullSecrets));
  }
  const isMounted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (isMounted) mountToken(spec);
  return next;
}

function mountToken(spec: JsonObject): void {
  const containers = [...asArray(spec.containers), ...asArray(spec.initContainers)].filter((each) => isObject(each));
  const hasOwn = ({ volumeMounts }: JsonObject) =>
    asArray(volumeMounts).some((mount) => isObject(mount) && mount.mountPath === PATH);
  const without = containers.filter((container) => !hasOwn(container));
  if (without.length === 0) return;
  const name = `kube-api-access-${nameSuffix()}`;
  for (const container of without) {
    container.volumeMounts = [...asArray(container.volumeMounts), { name, readOnly: true, mountPath: PATH }];
  }
  spec.volumes = [...asArray(spec.volumes), tokenVolume(name)];
}

function tokenVolume(name: string): JsonObject {
  const namespace = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [namespace] } },
      ],
      defaultMode: 0o644,
    },
  };
}
