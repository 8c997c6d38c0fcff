import { type ErrorCause, type ErrorDetails, KubeError } from './errors.ts';

/** The part of a `Status` object that is read here. */
interface Status {
  code?: unknown;
  reason?: unknown;
  message?: unknown;
  details?: { retryAfterSeconds?: unknown; causes?: unknown; name?: unknown; kind?: unknown; group?: unknown } | null;
}

/**
 * The error that an answer with `code` ≥ 300 stands for.
 * @param body the text of the answer: a `Status` from the API server, anything from whatever is in between
 * @param retryAfter the `Retry-After` header
 */
export function errorOfAnswer(code: number, body: string, retryAfter: string | undefined): KubeError {
  const status = parse(body);
  if (status) return errorOfStatus({ ...status, code }, retryAfter);
  const start = body.trim().split('\n', 1)[0]?.slice(0, 200);
  const message = `the API server answered ${code}${start ? `: ${start}` : ''}`;
  return new KubeError({ code, reason: 'Unknown', message, retryAfterSeconds: seconds(retryAfter) });
}

/** The error that a `Status` object stands for, as it comes in a watch's ERROR event. */
export function errorOfStatus(status: Status, retryAfter?: string): KubeError {
  const code = typeof status.code === 'number' ? status.code : 500;
  return new KubeError({
    code,
    reason: text(status.reason) ?? 'Unknown',
    message: text(status.message) ?? `the API server answered ${code}`,
    retryAfterSeconds: seconds(retryAfter) ?? seconds(status.details?.retryAfterSeconds),
    causes: causesOf(status.details?.causes),
    details: detailsOf(status),
  });
}

/** How Go prints that there is none; of a rule that was not checked, since the object has other faults. */
const NO_FIELD = '<nil>';

function causesOf(causes: unknown): ErrorCause[] {
  if (!Array.isArray(causes)) return [];
  return causes.map((cause: Record<string, unknown> | null) => ({
    reason: text(cause?.reason) ?? 'Unknown',
    message: text(cause?.message) ?? '',
    field: cause?.field === NO_FIELD ? '' : (text(cause?.field) ?? ''),
  }));
}

function detailsOf({ details }: Status): ErrorDetails | undefined {
  if (!details) return undefined;
  const [name, kind, group] = [text(details.name), text(details.kind), text(details.group)];
  return { ...(name && { name }), ...(kind && { kind }), ...(group && { group }) };
}

function parse(body: string): Status | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isStatus(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && Number.isFinite(number) ? number : undefined;
}
