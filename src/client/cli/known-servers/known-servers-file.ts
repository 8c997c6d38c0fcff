import { type FileHandle, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../../runtime/clock.ts';
import { readCapped } from '../../../runtime/read-capped.ts';
import { systemClock } from '../../../runtime/system-clock.ts';
import { CliError, EXIT } from '../errors.ts';
import { fileFault } from './file-fault.ts';
import { contentOf, type KnownLine, parseKnownLines } from './known-lines.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const LOCK_PAUSE_MS = 20;
const LOCK_PATIENCE_MS = 5_000;

/** The file could not be changed; the message says why. */
export class NotWritten extends Error {}

/** The servers that were met before. Several programs may use the file at the same time. */
export class KnownServersFile {
  readonly path: string;
  readonly #clock: Clock;

  constructor(path: string, clock: Clock = systemClock) {
    this.path = path;
    this.#clock = clock;
  }

  /** No file is an empty one. @throws `CliError` when it can't be read or is malformed */
  async read(): Promise<readonly KnownLine[]> {
    const content = await readCapped(this.path, MAX_BYTES).catch((cause: unknown) => {
      if (isCode(cause, 'ENOENT') || isCode(cause, 'ENOTDIR')) return Buffer.of();
      throw this.#fault(`cannot be read: ${fileFault(cause)}`, cause);
    });
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    } catch (cause) {
      throw this.#fault('is no text in UTF-8', cause);
    }
    try {
      return parseKnownLines(text);
    } catch (cause) {
      throw this.#fault(`is malformed, ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    }
  }

  /**
   * Changes what is in the file now. The new content is written beside it, to a file that whoever else wants to change
   * something waits for, and then takes its place: nobody reads half of it, and no change of another program is lost.
   * @param change gives back the very lines it was given to change nothing
   * @param options.patienceMs how long to wait for other programs
   * @throws `CliError` as `read` does; {@link NotWritten}
   */
  async update(
    change: (lines: readonly KnownLine[]) => readonly KnownLine[],
    { patienceMs = LOCK_PATIENCE_MS }: { patienceMs?: number } = {},
  ): Promise<void> {
    const path = await written(() => preparedPath(this.path));
    const next = `${path}.lock`;
    const file = await this.#locked(next, patienceMs);
    let isOurs = true;
    try {
      const before = await this.read();
      const after = change(before);
      if (after === before) return;
      await written(async () => {
        await file.writeFile(contentOf(after));
        // The name must not get there before the content does, should the machine stop now.
        await file.sync();
        await rename(next, path);
      });
      isOurs = false;
    } finally {
      await file.close();
      if (isOurs) await rm(next, { force: true });
    }
  }

  async #locked(path: string, patienceMs: number): Promise<FileHandle> {
    const until = this.#clock.elapsed() + patienceMs;
    while (true) {
      try {
        return await open(path, 'wx', 0o600);
      } catch (cause) {
        if (!isCode(cause, 'EEXIST')) throw new NotWritten(fileFault(cause), { cause });
      }
      if (this.#clock.elapsed() >= until) {
        throw new NotWritten(
          `another anwdl is writing to it, or was killed while it did: if none runs, remove ${path}`,
        );
      }
      await this.#clock.sleep(LOCK_PAUSE_MS);
    }
  }

  #fault(what: string, cause: unknown): CliError {
    return new CliError(EXIT.config, `the known-servers file ${this.path} ${what}`, { cause });
  }
}

/** Makes the folder, for the user alone. @returns the path of the file itself where a symbolic link leads to one */
async function preparedPath(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return await realpath(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return path;
    throw error;
  });
}

async function written<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    throw new NotWritten(fileFault(cause), { cause });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
