/** The errors of the Kubernetes API: an HTTP code and a `Status` body with a reason that programs read. */
import { type FieldError, fieldErrorText } from './field-error.ts';

interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

export interface StatusDetails {
  name?: string | undefined;
  group?: string | undefined;
  kind?: string | undefined;
  uid?: string | undefined;
  causes?: StatusCause[] | undefined;
  retryAfterSeconds?: number | undefined;
}

/** What an error is about: a resource (or kind) of a group, and the object's name where there is one. */
export interface Subject {
  group: string;
  resource: string;
  name?: string | undefined;
}

export class KubeStatusError extends Error {
  override readonly name = 'KubeStatusError';
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The body that travels. */
  status(): Record<string, unknown> {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }
}

/** `deployments.apps`, or the bare `pods` of the core group. */
export function qualified(subject: Subject): string {
  return subject.group === '' ? subject.resource : `${subject.resource}.${subject.group}`;
}

function detailsOf(subject: Subject): StatusDetails {
  return {
    ...(subject.name ? { name: subject.name } : {}),
    ...(subject.group === '' ? {} : { group: subject.group }),
    ...(subject.resource === '' ? {} : { kind: subject.resource }),
  };
}

export function badRequest(message: string): KubeStatusError {
  return new KubeStatusError(400, 'BadRequest', message);
}

export function unauthorized(): KubeStatusError {
  return new KubeStatusError(401, 'Unauthorized', 'Unauthorized');
}

export function forbidden(subject: Subject, why: string): KubeStatusError {
  const what = subject.name ? `${qualified(subject)} "${subject.name}"` : qualified(subject);
  return new KubeStatusError(403, 'Forbidden', `${what} is forbidden: ${why}`, detailsOf(subject));
}

export function notFound(subject: Subject): KubeStatusError {
  return new KubeStatusError(
    404,
    'NotFound',
    `${qualified(subject)} "${subject.name ?? ''}" not found`,
    detailsOf(subject),
  );
}

/** No such resource in a group that is there. */
export function unknownResource(): KubeStatusError {
  return new KubeStatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** Nothing at this path: the API server answers with plain text. */
export class NoSuchPath extends Error {
  override readonly name = 'NoSuchPath';
}

export function alreadyExists(subject: Subject, isEnding = false): KubeStatusError {
  const prefix = isEnding ? 'object is being deleted: ' : '';
  const message = `${prefix}${qualified(subject)} "${subject.name ?? ''}" already exists`;
  return new KubeStatusError(409, 'AlreadyExists', message, detailsOf(subject));
}

export function conflict(subject: Subject, why: string): KubeStatusError {
  const message = `Operation cannot be fulfilled on ${qualified(subject)} "${subject.name ?? ''}": ${why}`;
  return new KubeStatusError(409, 'Conflict', message, detailsOf(subject));
}

export const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

export function expired(message: string): KubeStatusError {
  return new KubeStatusError(410, 'Expired', message);
}

export function methodNotAllowed(subject: Subject, action: string): KubeStatusError {
  const message = `${action} is not supported on resources of kind "${qualified(subject)}"`;
  return new KubeStatusError(405, 'MethodNotAllowed', message, detailsOf(subject));
}

/** No route of the server's answers this method. */
export function noSuchMethod(): KubeStatusError {
  const message = 'the server does not allow this method on the requested resource';
  return new KubeStatusError(405, 'MethodNotAllowed', message, {});
}

export function unsupportedMediaType(accepted: readonly string[]): KubeStatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new KubeStatusError(415, 'UnsupportedMediaType', message);
}

export function tooLarge(limit: number): KubeStatusError {
  return new KubeStatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);
}

/** Fields that break rules. `subject.resource` is the kind here, as the real server has it. */
export function invalid(subject: Subject, errors: readonly FieldError[]): KubeStatusError {
  const texts = [...new Set(errors.map(fieldErrorText))];
  const what = `${qualified(subject)} "${subject.name ?? ''}" is invalid`;
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return new KubeStatusError(422, 'Invalid', texts.length === 0 ? what : `${what}: ${list}`, {
    ...detailsOf(subject),
    causes: errors.map((error) => ({
      reason: error.type,
      message: fieldErrorText(error, { bare: true }),
      field: error.field,
    })),
  });
}

/** A resource version that nothing has yet. */
export function tooLargeRevision(revision: number, current: number): KubeStatusError {
  const message = `Timeout: Too large resource version: ${revision}, current: ${current}`;
  return new KubeStatusError(504, 'Timeout', message, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

export function internalError(message: string): KubeStatusError {
  return new KubeStatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

export function timedOut(message: string): KubeStatusError {
  return new KubeStatusError(504, 'Timeout', `Timeout: ${message}`);
}
