import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { VERSION } from '../../src/version.ts';
import type { ImageDescription } from './oci/documents.ts';
import { type Entry, file, folder } from './oci/entry.ts';

/** The user that runs QEMU in KubeVirt's pods. */
const QEMU = { uid: 107, gid: 107 };
/** Where an ISO says that it is one: the identifier in the first volume descriptor (ECMA-119, 8.1.2). */
const IDENTIFIER = { offset: 16 * 2048 + 1, text: 'CD001' };
/** The checksum that `spec.iso.sha256` takes. */
const LABEL_SHA256 = 'io.anweddol.iso.sha256';

export interface IsoImage {
  /** Of the ISO, hex. */
  sha256: string;
  description: ImageDescription;
  entries: Entry[];
}

/**
 * A containerDisk: an image that holds one file, which KubeVirt boots from.
 * @param created seconds since 1970
 * @throws Error when there is no ISO at the path
 */
export async function isoImage(path: string, name: string, created: number): Promise<IsoImage> {
  await checkIso(path);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const sha256 = hash.digest('hex');
  const content = { path, bytes: (await stat(path)).size };
  return {
    sha256,
    description: {
      name,
      run: {},
      labels: {
        'org.opencontainers.image.title': 'anweddol-container-iso',
        'org.opencontainers.image.description': 'The system that containers of Anweddol servers boot',
        'org.opencontainers.image.version': VERSION,
        [LABEL_SHA256]: sha256,
      },
      created,
      origins: [`${basename(path)}, SHA-256 ${sha256}`],
    },
    // The check of the ISO reads it as another user.
    entries: [folder('disk', 0o755, QEMU), file(`disk/${basename(path)}`, content, 0o444, QEMU)],
  };
}

async function checkIso(path: string): Promise<void> {
  const { offset, text } = IDENTIFIER;
  const found = await readAt(path, offset, text.length).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} can't be read (${error.code}): name an ISO, or none to have it built`, { cause: error });
  });
  if (found !== text) throw new Error(`${path} is no ISO: name another file, or none to have it built`);
}

async function readAt(path: string, position: number, length: number): Promise<string> {
  await using handle = await open(path);
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position });
  return buffer.toString('latin1', 0, bytesRead);
}
