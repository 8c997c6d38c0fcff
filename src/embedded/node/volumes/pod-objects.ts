import type { ConfigMap, Secret } from '../../../kube/resources.ts';

/** The objects that a pod may refer to, by name, from its own namespace. */
export interface PodObjects {
  secret(name: string): Secret | undefined;
  configMap(name: string): ConfigMap | undefined;
}

/** The pod refers to something that isn't there (yet). */
export class MissingObjectError extends Error {
  override readonly name = 'MissingObjectError';
}

/** Every key of a Secret or ConfigMap with its bytes; undefined where the object is missing and may be. */
export function objectData(
  objects: PodObjects,
  kind: 'secret' | 'configmap',
  reference: { name?: string | undefined; optional?: boolean | undefined },
): Map<string, Buffer> | undefined {
  const name = reference.name ?? '';
  const object = kind === 'secret' ? objects.secret(name) : objects.configMap(name);
  if (!object) {
    if (reference.optional) return undefined;
    throw new MissingObjectError(`${kind} "${name}" not found`);
  }
  const data = new Map<string, Buffer>();
  const encoding = kind === 'secret' ? 'base64' : 'utf8';
  for (const [key, value] of Object.entries(object.data ?? {})) data.set(key, Buffer.from(value, encoding));
  if ('binaryData' in object) {
    for (const [key, value] of Object.entries(object.binaryData ?? {})) data.set(key, Buffer.from(value, 'base64'));
  }
  return data;
}
