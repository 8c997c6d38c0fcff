/** Why no answer came; the reason of a `KubeError` whose code is 0. */
export const NETWORK_FAILURES = [
  'Timeout',
  'ConnectionRefused',
  'ConnectionReset',
  'NameNotFound',
  'CertificateInvalid',
  'Unreachable',
] as const;
export type NetworkFailure = (typeof NETWORK_FAILURES)[number];

/** One of the things that are wrong with what was sent. */
export interface ErrorCause {
  /** Such as `FieldValueInvalid`. */
  reason: string;
  message: string;
  /** Such as `spec.containers.warm`; empty where no field is at fault. */
  field: string;
}

/** What the refusal is about. */
export interface ErrorDetails {
  name?: string;
  /** Mostly the resource's plural, such as `pods`. */
  kind?: string;
  group?: string;
}

interface ErrorFields {
  code: number;
  reason: string;
  message: string;
  retryAfterSeconds?: number | undefined;
  causes?: readonly ErrorCause[];
  details?: ErrorDetails | undefined;
}

/** A call that the API server refused (`code` ≥ 400) or that never got an answer (`code` 0). */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: number;
  /**
   * `Status.reason`, such as `Conflict`. Of code 0: a {@link NetworkFailure}, `InvalidAnswer`, `NoCredentials` or
   * `NoConfiguration`.
   */
  readonly reason: string;
  /** Seconds to wait before the next try, when the server said so. */
  readonly retryAfterSeconds: number | undefined;
  /** Each fault the server names; empty when it names none. */
  readonly causes: readonly ErrorCause[];
  readonly details: ErrorDetails | undefined;

  constructor(fields: ErrorFields, options?: ErrorOptions) {
    super(fields.message, options);
    this.code = fields.code;
    this.reason = fields.reason;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.causes = fields.causes ?? [];
    this.details = fields.details;
  }
}

const hasCode = (error: unknown, code: number): error is KubeError => error instanceof KubeError && error.code === code;

/** The credentials are not accepted, whatever is asked for. */
export function isUnauthorized(error: unknown): boolean {
  return hasCode(error, 401);
}

/** The caller may not do this; or the namespace is being deleted. */
export function isForbidden(error: unknown): boolean {
  return hasCode(error, 403);
}

/** The object, its namespace or its type is missing. */
export function isNotFound(error: unknown): boolean {
  return hasCode(error, 404);
}

/** The object of this name is missing; its type is not. */
export function isMissing(error: unknown, name: string): boolean {
  return hasCode(error, 404) && error.reason === 'NotFound' && error.details?.name === name;
}

export function isConflict(error: unknown): boolean {
  return hasCode(error, 409);
}

export function isAlreadyExists(error: unknown): boolean {
  return hasCode(error, 409) && error.reason === 'AlreadyExists';
}

/** The version to watch from, or the page to go on with, is too old. */
export function isExpired(error: unknown): boolean {
  return hasCode(error, 410);
}

/** A JSON Patch whose `test` failed, or an object that its schema or admission refused. */
export function isInvalid(error: unknown): boolean {
  return hasCode(error, 422);
}

export function isTooManyRequests(error: unknown): boolean {
  return hasCode(error, 429);
}

/** No answer came, or not all of it: whether the call was executed is unknown unless it was a read. */
export function isNetworkFailure(error: unknown): boolean {
  return error instanceof KubeError && error.code === 0 && NETWORK_FAILURES.some((reason) => reason === error.reason);
}

/** The API server, or something that it asks, will not have the request as it is: repeating it does not help. */
export function refusalOf(error: unknown): KubeError | undefined {
  if (!(error instanceof KubeError)) return undefined;
  // An apply with a field that its type does not have is answered as a fault of the server's own.
  const isOfNoType = error.code === 500 && error.message.startsWith('failed to create typed patch object');
  return isOfNoType || [400, 403, 422].includes(error.code) ? error : undefined;
}
