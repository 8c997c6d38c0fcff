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

/** Tells the user something in one line of standard error, in place of a progress line that may be there. */
export function notice({ stderr }: Terminal, text: string): void {
  stderr.write(`${stderr.isTTY ? '\r\x1b[K' : ''}anwdl: ${printable(text)}\n`);
}
