import { statSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Pod } from '../../../kube/resources.ts';
import type { ImageCatalogue } from '../images/image-catalogue.ts';
import type { PodMount } from '../preload/pod-view.ts';
import { API_ACCESS_PATH, apiAccessVolume } from './api-access-volume.ts';
import { MissingObjectError } from './pod-objects.ts';
import { type Volume, type VolumeSources, volumeFiles } from './volume-files.ts';
import { writeFolder } from './write-folder.ts';

type VolumeMount = { name: string; mountPath: string; subPath?: string };

/** The volumes of one pod, as folders below the pod's own. */
export class PodVolumes {
  readonly #folder: string;
  readonly #pod: Pod;
  readonly #catalogue: ImageCatalogue;
  readonly #sources: VolumeSources;
  readonly #volumes: Volume[];
  readonly #targets = new Map<string, string>();
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param apiAccess whether a pod that does not mount its service account gets it all the same */
  constructor(options: { folder: string; catalogue: ImageCatalogue; sources: VolumeSources; apiAccess: boolean }) {
    const { folder, catalogue, sources, apiAccess } = options;
    this.#folder = folder;
    this.#pod = sources.pod;
    this.#catalogue = catalogue;
    this.#sources = sources;
    const volumes = sources.pod.spec?.volumes ?? [];
    this.#volumes = apiAccess && !mountsApiAccess(sources.pod) ? [...volumes, apiAccessVolume()] : volumes;
  }

  /**
   * Makes every volume, or brings it up to date.
   * @throws MissingObjectError when something that a volume is made of is missing
   */
  write(): Promise<void> {
    // One after the other: two at once would use each other's unfinished files.
    const writing = this.#writing.catch(() => undefined).then(() => (this.#closed ? undefined : this.#writeAll()));
    this.#writing = writing;
    return writing;
  }

  /** Waits for what is being written; nothing is written after that, so the folder can go. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing.catch(() => undefined);
  }

  async #writeAll(): Promise<void> {
    for (const volume of this.#volumes) {
      this.#targets.set(volume.name, await this.#writeVolume(volume));
    }
  }

  /** What the volumes mean for the paths of one container. */
  mounts(container: { volumeMounts?: VolumeMount[] }): PodMount[] {
    const mounts = [...(container.volumeMounts ?? [])];
    if (!mounts.some(({ mountPath }) => trimmed(mountPath) === API_ACCESS_PATH) && this.#targets.has(API_ACCESS)) {
      mounts.push({ name: API_ACCESS, mountPath: API_ACCESS_PATH });
    }
    return mounts.map(({ name, mountPath, subPath }) => {
      const target = this.#targets.get(name);
      if (!target) throw new MissingObjectError(`volume "${name}" of pod ${this.#pod.metadata.name} is not defined`);
      return { path: trimmed(mountPath), target: subPath ? join(target, subPath) : target };
    });
  }

  async #writeVolume(volume: Volume): Promise<string> {
    const folder = join(this.#folder, volume.name);
    if (volume.image) return this.#imageFolder(volume.image.reference ?? '', folder);
    const files = await volumeFiles(volume, this.#sources);
    if (files) await writeFolder(folder, files);
    else if (volume.emptyDir) await mkdir(folder, { recursive: true });
    else throw new MissingObjectError(`volume "${volume.name}" is of a type that this node has not`);
    return folder;
  }

  /** An image's own folder; a single disk file looks like the container disk image that it stands for. */
  async #imageFolder(reference: string, folder: string): Promise<string> {
    const image = this.#catalogue.images.get(reference);
    if (image?.kind !== 'disk') throw new MissingObjectError(`image "${reference}" not found`);
    if (statSync(image.path).isDirectory()) return image.path;
    await mkdir(join(folder, 'disk'), { recursive: true });
    await symlink(image.path, join(folder, 'disk', basename(image.path))).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return folder;
  }
}

const API_ACCESS = apiAccessVolume().name;

function mountsApiAccess(pod: Pod): boolean {
  const containers = pod.spec?.containers ?? [];
  return containers.some((container) =>
    container.volumeMounts?.some(({ mountPath }) => trimmed(mountPath) === API_ACCESS_PATH),
  );
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}
