import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PodView } from './pod-view.ts';

/** Where a path of a pod is on this machine. Whatever is no path, such as a file descriptor, stays as it is. */
export function mapPath(view: PodView, path: unknown): unknown {
  const text = textOf(path);
  if (text === undefined) return path;
  const absolute = resolve(text);
  if (view.keep.some((root) => isWithin(absolute, root))) return path;
  let best: { path: string; target: string } | undefined;
  for (const mount of view.mounts) {
    if (isWithin(absolute, mount.path) && mount.path.length > (best?.path.length ?? -1)) best = mount;
  }
  return best ? best.target + absolute.slice(best.path.length) : path;
}

function textOf(path: unknown): string | undefined {
  if (typeof path === 'string') return path;
  if (Buffer.isBuffer(path)) return path.toString();
  return path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : undefined;
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}
