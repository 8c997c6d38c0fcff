import { WireError } from '../../wire/errors.ts';

/** What the program exits with. `anwdl ssh` ends with ssh's own exit code once there is a session. */
export const EXIT = {
  ok: 0,
  refused: 1,
  unreachable: 2,
  /** The server's key is not the one that is known or pinned, or nobody vouches for it. */
  untrusted: 3,
  usage: 64,
  internal: 70,
  /** The known-servers file is malformed, or can't be read or written. */
  config: 78,
  signalBase: 128,
} as const;

/** A failure that is explained to the user in one line, and in further ones where that is not enough. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  readonly explanation: readonly string[];

  constructor(exitCode: number, message: string, options?: ErrorOptions & { explanation?: string[] }) {
    super(message, options);
    this.exitCode = exitCode;
    this.explanation = options?.explanation ?? [];
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  if (!(error instanceof WireError)) return EXIT.internal;
  // Nothing has been sent then: a flag holds what the protocol does not allow.
  if (error.code === 'MalformedRequest') return EXIT.usage;
  return error.code === 'PinMismatch' || error.code === 'Untrusted' ? EXIT.untrusted : EXIT.unreachable;
}
