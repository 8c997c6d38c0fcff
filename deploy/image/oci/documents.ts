/**
 * The documents of an image: pure, the same for the same arguments.
 * @see https://github.com/opencontainers/image-spec/tree/v1.1.1: config.md, manifest.md, image-index.md, image-layout.md
 */
import type { Blob, Layer } from './blob.ts';
import { canonicalName } from './image-name.ts';

/** What a container of the image runs, and as whom. */
export interface RunConfig {
  User?: string;
  Env?: string[];
  Entrypoint?: string[];
  WorkingDir?: string;
  StopSignal?: string;
}

export interface ImageDescription {
  /** Such as `anweddol-operator:0.1.0`. */
  name: string;
  run: RunConfig;
  /** OCI annotations: labels of the config and annotations of the manifest. */
  labels: Record<string, string>;
  /** Seconds since 1970. */
  created: number;
  /** One line for each layer: where it comes from. */
  origins: string[];
}

type Described = Pick<Blob, 'digest' | 'bytes'>;

const OCI = 'application/vnd.oci.image';
const PLATFORM = { architecture: 'amd64', os: 'linux' };

export function imageConfig({ run, labels, created, origins }: ImageDescription, layers: readonly Layer[]): object {
  const time = date(created);
  return {
    created: time,
    ...PLATFORM,
    config: { ...run, Labels: labels },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: origins.map((origin) => ({ created: time, created_by: origin })),
  };
}

export function imageManifest(
  config: Described,
  layers: readonly Layer[],
  annotations: Record<string, string>,
): object {
  return {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: descriptor('config.v1+json', config),
    layers: layers.map((layer) => descriptor('layer.v1.tar+gzip', layer)),
    annotations,
  };
}

/** Names the image for those who load it: `ref.name` is the tag alone, containerd reads the other one. */
export function imageIndex(manifest: Described, { name, created }: ImageDescription): object {
  const canonical = canonicalName(name);
  return {
    schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: [
      {
        ...descriptor('manifest.v1+json', manifest),
        platform: PLATFORM,
        annotations: {
          'io.containerd.image.name': canonical,
          'org.opencontainers.image.created': date(created),
          'org.opencontainers.image.ref.name': canonical.slice(canonical.lastIndexOf(':') + 1),
        },
      },
    ],
  };
}

/** `manifest.json`, by which older programs (`docker load` before version 25) find their way in the same archive. */
export function dockerManifest(config: Described, layers: readonly Layer[], name: string): object {
  return [{ Config: blobPath(config), RepoTags: [name], Layers: layers.map(blobPath) }];
}

/** Where a blob lies in a layout. */
export function blobPath({ digest }: { digest: string }): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function descriptor(type: string, { digest, bytes }: Described): object {
  return { mediaType: `${OCI}.${type}`, digest, size: bytes };
}

/** As RFC 3339 has it, to the second. */
function date(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
