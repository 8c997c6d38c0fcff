/**
 * Archives in the ustar format (POSIX.1-1988), which every tool reads. The same entries and the same time give the same bytes.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, "ustar Interchange Format"
 */
import { createReadStream } from 'node:fs';
import { type Entry, lengthOf, withFolders } from './entry.ts';

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** The largest that eleven octal digits say. */
const MAX_BYTES = 8 ** 11 - 1;
const TYPES = { file: '0', link: '2', folder: '5' } as const;

/**
 * @param mtime of every entry, in seconds since 1970
 * @throws Error when a path, a target or a file is too long for the format, or a file is not of the length announced
 */
export async function* tar(entries: readonly Entry[], mtime: number): AsyncGenerator<Uint8Array> {
  for (const entry of withFolders(entries)) {
    yield header(entry, mtime);
    yield* body(entry);
    yield Buffer.alloc((BLOCK - (lengthOf(entry) % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

async function* body(entry: Entry): AsyncGenerator<Uint8Array> {
  const { content } = entry;
  if (content instanceof Uint8Array) yield content;
  else if (content) {
    let bytes = 0;
    for await (const chunk of createReadStream(content.path) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes !== content.bytes) throw new Error(`${content.path} has changed while it was read: run this again`);
  }
}

/** One block. Numbers are octal digits that end with a zero byte. */
function header(entry: Entry, mtime: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const text = (value: string, offset: number, length: number) => {
    if (block.write(value, offset, length) !== Buffer.byteLength(value)) throw tooLong(entry.path);
  };
  const octal = (value: number, offset: number, length: number) =>
    text(value.toString(8).padStart(length - 1, '0'), offset, length);
  const { prefix, name } = split(entry.type === 'folder' ? `${entry.path}/` : entry.path);
  if (lengthOf(entry) > MAX_BYTES) throw tooLong(entry.path);
  text(name, 0, NAME_BYTES);
  octal(entry.mode, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(lengthOf(entry), 124, 12);
  octal(mtime, 136, 12);
  text(' '.repeat(8), 148, 8);
  text(TYPES[entry.type], 156, 1);
  text(entry.target ?? '', 157, NAME_BYTES);
  text('ustar\u000000', 257, 8);
  octal(0, 329, 8);
  octal(0, 337, 8);
  text(prefix, 345, PREFIX_BYTES);
  const sum = block.reduce((total, byte) => total + byte, 0);
  text(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 8);
  return block;
}

/** A path that is too long for its field is divided at a slash. */
function split(path: string): { prefix: string; name: string } {
  const bytes = Buffer.from(path);
  if (bytes.length <= NAME_BYTES) return { prefix: '', name: path };
  const slash = bytes.indexOf('/', bytes.length - NAME_BYTES - 1);
  if (slash < 1 || slash > PREFIX_BYTES || slash === bytes.length - 1) throw tooLong(path);
  return { prefix: bytes.toString('utf8', 0, slash), name: bytes.toString('utf8', slash + 1) };
}

function tooLong(path: string): Error {
  return new Error(`${path} does not fit into a tar header: give it a shorter name`);
}
