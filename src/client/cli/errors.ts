import { WireError } from '../../wire/errors.ts';

/** What the program exits with. `anwdl ssh` ends with ssh's own exit code once there is a session. */
export const EXIT = { ok: 0, refused: 1, unreachable: 2, usage: 64, internal: 70, signalBase: 128 } as const;

/** A failure that is explained to the user in one line. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  return error instanceof WireError ? EXIT.unreachable : EXIT.internal;
}
