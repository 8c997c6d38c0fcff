import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { digest, type Layer, writeLayer } from './blob.ts';
import {
  blobPath,
  dockerManifest,
  type ImageDescription,
  imageConfig,
  imageIndex,
  imageManifest,
} from './documents.ts';
import { type Entry, file } from './entry.ts';
import { tar } from './tar.ts';

export interface WrittenImage {
  /** The file or folder. */
  path: string;
  name: string;
  /** Of the manifest: what a registry knows the image by. */
  digest: string;
  /** Of all layers as they travel. */
  compressedBytes: number;
  /** Of all layers as they lie on a node. */
  unpackedBytes: number;
}

export interface WriteOptions {
  /** Where the image goes; what was there before is replaced. */
  path: string;
  /** One file that `docker load` takes, or an OCI layout as a folder. */
  as: 'archive' | 'layout';
  signal?: AbortSignal;
}

/** Writes an image, a layer for each list of entries. Nothing is left behind when that fails. */
export async function writeImage(
  description: ImageDescription,
  contents: readonly (readonly Entry[])[],
  { path, as, signal }: WriteOptions,
): Promise<WrittenImage> {
  await mkdir(dirname(path), { recursive: true });
  const work = await mkdtemp(`${path}.unfinished-`);
  try {
    const layers: Layer[] = [];
    for (const entries of contents) layers.push(await writeLayer(work, entries, description.created, signal));
    const { digest, entries } = layout(description, layers);
    const result = join(work, 'result');
    if (as === 'archive') {
      await pipeline(Readable.from(tar(entries, description.created)), createWriteStream(result), { signal });
    } else await writeFolder(result, entries);
    await rm(path, { recursive: true, force: true });
    await rename(result, path);
    return {
      path,
      name: description.name,
      digest,
      compressedBytes: sum(layers.map(({ bytes }) => bytes)),
      unpackedBytes: sum(layers.map(({ unpackedBytes }) => unpackedBytes)),
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Every file of the layout; layers stay where they are until they are read. */
function layout(description: ImageDescription, layers: readonly Layer[]): { digest: string; entries: Entry[] } {
  const config = document(imageConfig(description, layers));
  const manifest = document(imageManifest(config, layers, description.labels));
  // Two layers may be the same; a blob is there once.
  const blobs = new Map(layers.map((layer) => [layer.digest, file(blobPath(layer), layer)]));
  for (const part of [config, manifest]) blobs.set(part.digest, file(blobPath(part), part.content));
  const entries = [
    file('oci-layout', json({ imageLayoutVersion: '1.0.0' })),
    file('index.json', json(imageIndex(manifest, description))),
    file('manifest.json', json(dockerManifest(config, layers, description.name))),
    ...blobs.values(),
  ];
  return { digest: manifest.digest, entries };
}

function document(value: object): { digest: string; bytes: number; content: Buffer } {
  const content = json(value);
  return { digest: digest(content), bytes: content.length, content };
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Within one file system, so that a layer need not be copied. */
async function writeFolder(folder: string, entries: readonly Entry[]): Promise<void> {
  for (const { path, content } of entries) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    if (content instanceof Uint8Array) await writeFile(target, content);
    else if (content) await rename(content.path, target);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
