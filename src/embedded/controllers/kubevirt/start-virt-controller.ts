import { isConflict, isNotFound } from '../../../kube/errors.ts';
import { keyOf, nameOf, type ObjectName } from '../../../kube/objects.ts';
import { Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import { watched } from '../../../kube/watched.ts';
import { again, done, type Outcome } from '../../../runtime/outcome.ts';
import type { Participant } from '../../participant.ts';
import { controllerOf } from '../owner.ts';
import { startLoop } from '../start-loop.ts';
import { reconcileMachine } from './reconcile-machine.ts';

/** Somebody else wrote in between: what they wrote is on its way. */
const CONFLICT_RETRY_MS = 20;

/** A stand-in for KubeVirt's virt-controller, for machines that run from their first start to their end on one node. */
export function startVirtController(participant: Participant): void {
  const { client } = participant;
  const queue = startLoop('virt-controller', participant, (key, signal) =>
    reconcile(nameOf(key), { ...participant, signal }),
  );
  watched(client, VirtualMachineInstance, {}, participant).onChange((vmi) => vmi && queue.add(keyOf(vmi.metadata)));
  const query = { labelSelector: 'kubevirt.io=virt-launcher' };
  watched(client, Pod, query, participant).onChange((pod, previous) => {
    const one = pod ?? previous;
    const owner = one && controllerOf(one);
    if (owner) queue.add(keyOf({ namespace: one.metadata.namespace, name: owner.name }));
  });
}

async function reconcile(name: ObjectName, participant: Participant): Promise<Outcome> {
  try {
    const vmi = await participant.client.get(VirtualMachineInstance, name, { signal: participant.signal });
    return vmi ? await reconcileMachine(vmi, participant) : done();
  } catch (error) {
    if (isConflict(error)) return again(CONFLICT_RETRY_MS);
    if (isNotFound(error)) return done();
    throw error;
  }
}
