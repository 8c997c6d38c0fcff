/** What an answer of the API server means for a container that is to be had. */
import { KubeError } from '../../kube/errors.ts';
import { VirtualizationError, type VirtualizationErrorCode } from '../errors.ts';

/**
 * As the API server and KubeVirt both say it, whichever of them meets the quota: there is no room, or the quota asks for
 * limits that are not named, or nobody has counted yet what it holds.
 */
const ABOUT_QUOTA = /(exceeded|failed|unknown for) quota/i;
/** Pod Security, a policy and a missing priority class are one kind of words, webhooks another. */
const FORBIDDEN = /forbidden|denied the request/i;

/** Whether a ResourceQuota has refused something, as the message says. */
export function isAboutQuota(message: string): boolean {
  return ABOUT_QUOTA.test(message);
}

/** Whether an admission rule has refused something, as the message says. */
export function isForbidding(message: string): boolean {
  return FORBIDDEN.test(message);
}

/** Why a machine could not be created. What is no answer of the API server stays as it is. */
export function creationError(error: unknown): unknown {
  if (!(error instanceof KubeError)) return error;
  return virtualizationError(creationCode(error), 'the machine was not created', error);
}

/** What kept a claimed machine from being handed over: the platform, or (left as it is) a fault of our own. */
export function handOverError(error: unknown): unknown {
  if (!(error instanceof KubeError)) return error;
  const code = handOverCode(error);
  return code ? virtualizationError(code, 'the container could not be handed over', error) : error;
}

/** Whether the API server, or whoever it asked, does not want this object. */
export function isRefusal(error: unknown): error is KubeError {
  return error instanceof KubeError && [400, 403, 422].includes(error.code);
}

/** Whether a write may have been done although it failed. */
export function isUncertain(error: unknown): boolean {
  return error instanceof KubeError && (error.code === 0 || error.code >= 500);
}

function creationCode(error: KubeError): VirtualizationErrorCode {
  if (isAboutQuota(error.message)) return 'QuotaExceeded';
  return isRefusal(error) ? 'MachineRefused' : 'StartFailed';
}

function handOverCode(error: KubeError): VirtualizationErrorCode | undefined {
  if (isAboutQuota(error.message)) return 'QuotaExceeded';
  // The machine has gone or is not ours any more; or there was no answer.
  return [404, 409, 422, 429].includes(error.code) || isUncertain(error) ? 'StartFailed' : undefined;
}

function virtualizationError(code: VirtualizationErrorCode, what: string, cause: KubeError): VirtualizationError {
  return new VirtualizationError(code, `${what}: ${cause.message}`, { cause });
}
