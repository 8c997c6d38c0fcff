import type { Readable, Writable } from 'node:stream';

/** What a command has of the world around it. */
export interface Terminal {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable & { isTTY?: boolean | undefined };
  env: NodeJS.ProcessEnv;
  /** Aborts with a `CliError` when the user interrupts the program. */
  signal: AbortSignal;
}

/** One line, without anything that a terminal would act upon: a server may have written it. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}
