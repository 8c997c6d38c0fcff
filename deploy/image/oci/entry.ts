/** What a layer or an archive holds: plain values, written in the order of their paths. */

export interface Entry {
  /** From the root of the file system, without a slash at either end. */
  path: string;
  type: 'file' | 'folder' | 'link';
  /** Permission bits. */
  mode: number;
  uid: number;
  gid: number;
  /** Of a file. */
  content?: Content;
  /** Of a link. */
  target?: string;
}

/** Bytes, or where they are. */
export type Content = Uint8Array | { path: string; bytes: number };

interface Owner {
  uid: number;
  gid: number;
}

const ROOT: Owner = { uid: 0, gid: 0 };

export function file(path: string, content: Content | string, mode = 0o644, owner = ROOT): Entry {
  return { path, type: 'file', mode, ...owner, content: typeof content === 'string' ? Buffer.from(content) : content };
}

export function folder(path: string, mode = 0o755, owner = ROOT): Entry {
  return { path, type: 'folder', mode, ...owner };
}

export function link(path: string, target: string): Entry {
  return { path, type: 'link', mode: 0o777, ...ROOT, target };
}

/** The length of what a file holds, in bytes; 0 of everything else. */
export function lengthOf({ content }: Entry): number {
  if (!content) return 0;
  return content instanceof Uint8Array ? content.length : content.bytes;
}

/**
 * The entries in the order of their paths' bytes, with the folders that they lie in.
 * @throws Error when two have the same path
 */
export function withFolders(entries: readonly Entry[]): Entry[] {
  const byPath = new Map<string, Entry>();
  for (const entry of entries) {
    if (byPath.has(entry.path)) throw new Error(`${entry.path} is there twice`);
    byPath.set(entry.path, entry);
  }
  for (const { path } of entries) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end);
      if (!byPath.has(parent)) byPath.set(parent, folder(parent));
    }
  }
  return [...byPath.values()].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}
