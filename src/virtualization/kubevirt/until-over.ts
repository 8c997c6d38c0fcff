import { keyOf } from '../../kube/objects.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import { VirtualizationError } from '../errors.ts';
import { startProgress } from './machine-state.ts';

/**
 * Never resolves.
 * @param uid of the machine: another one may come to have its name
 * @throws `VirtualizationError` once the machine has ended, or is about to; the signal's reason
 */
export async function untilOver(
  machines: Store<VirtualMachineInstance>,
  name: { namespace: string; name: string },
  uid: string,
  signal: AbortSignal,
): Promise<never> {
  const key = keyOf(name);
  let isKnown = false;
  const look = (store: Store<VirtualMachineInstance>) => {
    const vmi = store.get(key);
    // The cache may not know a new machine yet.
    if (vmi?.metadata.uid !== uid) return isKnown ? ({ code: 'StartFailed', reason: 'Deleted' } as const) : undefined;
    isKnown = true;
    const progress = startProgress(vmi);
    return progress.step === 'failed' ? progress : undefined;
  };
  const { code, reason } = await machines.waitFor(look, signal);
  throw new VirtualizationError(code, `the machine of ${key} came to its end: ${reason}`);
}
