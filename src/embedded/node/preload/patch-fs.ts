import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { mapPath } from './map-path.ts';
import type { PodView } from './pod-view.ts';

const ONE_PATH = [
  ...['access', 'appendFile', 'chmod', 'chown', 'exists', 'lstat', 'mkdir', 'mkdtemp', 'open', 'opendir', 'readFile'],
  ...['readdir', 'readlink', 'realpath', 'rm', 'rmdir', 'stat', 'statfs', 'truncate', 'unlink', 'utimes', 'writeFile'],
];
const TWO_PATHS = ['rename', 'copyFile', 'cp', 'link'];
const OTHERS = ['createReadStream', 'createWriteStream', 'watch', 'watchFile', 'unwatchFile', 'openAsBlob'];

type Functions = Record<string, unknown>;

/** Makes the functions of `node:fs` and `node:fs/promises` look for the pod's volumes where they are on this machine. */
export function patchFs(view: PodView): void {
  const sync = (names: string[]) => names.map((name) => `${name}Sync`);
  patch(fs, [...ONE_PATH, ...sync(ONE_PATH), ...OTHERS], 1, view);
  patch(fs, [...TWO_PATHS, ...sync(TWO_PATHS)], 2, view);
  patch(fs.promises, [...ONE_PATH, 'watch'], 1, view);
  patch(fs.promises, TWO_PATHS, 2, view);
  syncBuiltinESMExports();
}

function patch(module: object, names: string[], paths: number, view: PodView): void {
  const functions = module as Functions;
  for (const name of names) {
    const original = functions[name];
    if (typeof original !== 'function') continue;
    const mapped = function (this: unknown, ...args: unknown[]): unknown {
      return original.apply(
        this,
        args.map((arg, index) => (index < paths ? mapPath(view, arg) : arg)),
      );
    };
    // realpath.native, and whatever symbols promisify looks for
    functions[name] = Object.defineProperties(mapped, Object.getOwnPropertyDescriptors(original));
  }
}
