import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ValueError } from '../wire/errors.ts';

export interface ContainerIso {
  path: string;
  /** Hex. */
  sha256: string;
}

/** Where every ISO 9660 image has its mark, behind the type of the first volume descriptor (ECMA-119, §8). */
const MARK_OFFSET = 16 * 2048 + 1;
const MARK = 'CD001';

/** @throws `ValueError` `BadIso` when it cannot be read or is no ISO image */
export async function readContainerIso(path: string): Promise<ContainerIso> {
  const refuse = (why: string, cause?: unknown) =>
    new ValueError('BadIso', `the container ISO ${path} ${why}`, { cause });
  try {
    await using file = await open(path);
    const mark = Buffer.alloc(MARK.length);
    await file.read(mark, 0, mark.length, MARK_OFFSET);
    if (mark.toString('latin1') !== MARK) throw refuse('is not an ISO 9660 image');
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return { path, sha256: hash.digest('hex') };
  } catch (error) {
    if (error instanceof ValueError) throw error;
    throw refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
