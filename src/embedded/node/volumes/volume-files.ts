import type { V1Volume } from '@kubernetes/client-node';
import type { Json } from '../../../kube/objects.ts';
import type { Pod } from '../../../kube/resources.ts';
import { fieldValue } from './field-reference.ts';
import { MissingObjectError, objectData, type PodObjects } from './pod-objects.ts';

export type Volume = Json<V1Volume>;

interface VolumeFile {
  bytes: Buffer;
  mode: number;
}

/** By path within the volume. */
export type VolumeFiles = Map<string, VolumeFile>;

export interface VolumeSources {
  pod: Pod;
  addresses: { pod: string; host: string };
  objects: PodObjects;
  token(request: { audience?: string | undefined; expirationSeconds?: number | undefined }): Promise<string>;
}

type KeyToPath = { key: string; path: string; mode?: number };
type FieldItem = { path: string; mode?: number; fieldRef?: { fieldPath: string } };

const DEFAULT_MODE = 0o644;

/**
 * The files of a volume that is made from objects; undefined for every other type of volume.
 * @throws MissingObjectError when an object or a key that must be there is not
 */
export async function volumeFiles(volume: Volume, sources: VolumeSources): Promise<VolumeFiles | undefined> {
  const { objects } = sources;
  if (volume.secret) {
    const { secretName, optional, items, defaultMode } = volume.secret;
    const data = objectData(objects, 'secret', { name: secretName, optional });
    return chosen(data, { items, optional, mode: defaultMode ?? DEFAULT_MODE });
  }
  if (volume.configMap) {
    const { items, optional, defaultMode } = volume.configMap;
    const data = objectData(objects, 'configmap', volume.configMap);
    return chosen(data, { items, optional, mode: defaultMode ?? DEFAULT_MODE });
  }
  if (volume.downwardAPI) {
    return fields(volume.downwardAPI.items ?? [], sources, volume.downwardAPI.defaultMode ?? DEFAULT_MODE);
  }
  return volume.projected && projected(volume.projected, sources);
}

async function projected(source: NonNullable<Volume['projected']>, sources: VolumeSources): Promise<VolumeFiles> {
  const mode = source.defaultMode ?? DEFAULT_MODE;
  const files: VolumeFiles = new Map();
  for (const { secret, configMap, downwardAPI, serviceAccountToken } of source.sources ?? []) {
    const parts: VolumeFiles[] = [];
    if (secret) parts.push(chosen(objectData(sources.objects, 'secret', secret), { ...secret, mode }));
    if (configMap) parts.push(chosen(objectData(sources.objects, 'configmap', configMap), { ...configMap, mode }));
    if (downwardAPI) parts.push(fields(downwardAPI.items ?? [], sources, mode));
    if (serviceAccountToken) {
      const bytes = Buffer.from(await sources.token(serviceAccountToken));
      parts.push(new Map([[serviceAccountToken.path, { bytes, mode: 0o600 }]]));
    }
    for (const [path, file] of parts.flatMap((part) => [...part])) files.set(path, file);
  }
  return files;
}

function chosen(
  data: Map<string, Buffer> | undefined,
  wanted: { items?: KeyToPath[] | undefined; optional?: boolean | undefined; mode: number },
): VolumeFiles {
  const items = wanted.items ?? [...(data?.keys() ?? [])].map((key) => ({ key, path: key }) as KeyToPath);
  const files: VolumeFiles = new Map();
  for (const { key, path, mode } of items) {
    const bytes = data?.get(key);
    if (bytes) files.set(path, { bytes, mode: mode ?? wanted.mode });
    else if (!wanted.optional) throw new MissingObjectError(`references non-existent key: ${key}`);
  }
  return files;
}

function fields(items: FieldItem[], sources: VolumeSources, defaultMode: number): VolumeFiles {
  return new Map(
    items.map(({ path, mode, fieldRef }) => {
      const value = fieldValue(sources.pod, sources.addresses, fieldRef?.fieldPath ?? '') ?? '';
      return [path, { bytes: Buffer.from(value), mode: mode ?? defaultMode }];
    }),
  );
}
