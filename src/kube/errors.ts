/** A call that the API server refused (`code` ≥ 400) or that never got an answer (`code` 0). */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: number;
  /** `Status.reason`, such as `Conflict`; `Timeout` or `Unreachable` where no answer came. */
  readonly reason: string;
  /** Seconds to wait before the next try, when the server said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    fields: { code: number; reason: string; message: string; retryAfterSeconds?: number | undefined },
    options?: ErrorOptions,
  ) {
    super(fields.message, options);
    this.code = fields.code;
    this.reason = fields.reason;
    this.retryAfterSeconds = fields.retryAfterSeconds;
  }
}

export function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.code === 409;
}

export function isAlreadyExists(error: unknown): boolean {
  return error instanceof KubeError && error.code === 409 && error.reason === 'AlreadyExists';
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.code === 404;
}

/** A JSON Patch whose `test` failed, or an object that admission refused. */
export function isInvalid(error: unknown): boolean {
  return error instanceof KubeError && error.code === 422;
}
