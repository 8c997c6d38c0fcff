import { keyOf } from '../../kube/objects.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import { VirtualizationError } from '../errors.ts';
import { type StartProgress, startProgress } from './machine-state.ts';

/**
 * The address of a machine, once it runs.
 * @param uid of the machine: another one may come to have its name
 * @throws `VirtualizationError` when it will not start; when the signal aborts, with what kept it from starting so far, or
 *   `StartTimeout`
 */
export async function untilRunning(
  machines: Store<VirtualMachineInstance>,
  name: { namespace: string; name: string },
  uid: string,
  signal: AbortSignal,
): Promise<{ address: string }> {
  const key = keyOf(name);
  let last: StartProgress | undefined;
  const look = (store: Store<VirtualMachineInstance>) => {
    const vmi = store.get(key);
    if (vmi?.metadata.uid === uid) last = startProgress(vmi);
    // The cache may not know a new machine yet; a stranger in its slot, or none after it was seen, means it is gone.
    else if (last) last = { step: 'failed', code: 'StartFailed', reason: 'Deleted' };
    return last?.step === 'starting' ? undefined : last;
  };
  const progress = await machines.waitFor(look, signal).catch((cause: unknown) => {
    throw tooLate(key, last, cause);
  });
  if (progress.step === 'running') return { address: progress.address };
  throw new VirtualizationError(progress.code, `the machine of ${key} will not start: ${progress.reason}`);
}

function tooLate(key: string, last: StartProgress | undefined, cause: unknown): VirtualizationError {
  const { code, reason } = (last?.step === 'starting' && last.trouble) || { code: 'StartTimeout', reason: '' };
  const message = `the machine of ${key} did not start in time${reason && `: ${reason}`}`;
  return new VirtualizationError(code, message, { cause });
}
