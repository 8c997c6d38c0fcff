import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Entry } from './entry.ts';
import { tar } from './tar.ts';

/** What is stored under its own digest. */
export interface Blob {
  /** `sha256:` and 64 hex digits. */
  digest: string;
  bytes: number;
  path: string;
}

export interface Layer extends Blob {
  /** Of the archive before it was compressed. */
  diffId: string;
  unpackedBytes: number;
}

interface Meter {
  hash: Hash;
  bytes: number;
}

const LEVEL = 6;

/**
 * Writes the entries as a compressed layer into a folder, under its digest.
 * @param mtime of every entry, in seconds since 1970
 */
export async function writeLayer(
  folder: string,
  entries: readonly Entry[],
  mtime: number,
  signal?: AbortSignal,
): Promise<Layer> {
  const [unpacked, packed] = [meter(), meter()];
  const unfinished = join(folder, 'unfinished');
  // Node's gzip writes neither a time nor a name.
  await pipeline(
    Readable.from(tar(entries, mtime)),
    through(unpacked),
    createGzip({ level: LEVEL }),
    through(packed),
    createWriteStream(unfinished),
    { signal },
  );
  const digest = digestOf(packed.hash);
  const path = join(folder, digest.slice('sha256:'.length));
  await rename(unfinished, path);
  return { digest, bytes: packed.bytes, path, diffId: digestOf(unpacked.hash), unpackedBytes: unpacked.bytes };
}

/** The digest of what is in memory. */
export function digest(content: Uint8Array): string {
  return digestOf(createHash('sha256').update(content));
}

function meter(): Meter {
  return { hash: createHash('sha256'), bytes: 0 };
}

function through(seen: Meter) {
  return async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      seen.hash.update(chunk);
      seen.bytes += chunk.length;
      yield chunk;
    }
  };
}

function digestOf(hash: Hash): string {
  return `sha256:${hash.digest('hex')}`;
}
