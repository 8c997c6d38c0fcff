import { isConflict, isNotFound } from '../../../kube/errors.ts';
import type { ObjectName } from '../../../kube/objects.ts';
import { VirtualMachineInstance } from '../../../kube/resources.ts';
import type { Participant } from '../../participant.ts';
import type { MachineStatus } from './with-phase.ts';

/**
 * Writes to the status of one machine, unless a later one has its name. `change` is given the object as it is now, and gives
 * back what to write; it is asked again when somebody else wrote in between. KubeVirt has no status subresource, and its virt-handler may list
 * and update, but neither get nor patch.
 */
export async function writeMachineStatus(
  { client, signal }: Participant,
  name: ObjectName,
  uid: string,
  change: (vmi: VirtualMachineInstance) => MachineStatus | undefined,
): Promise<void> {
  while (true) {
    const query = { namespace: name.namespace, fieldSelector: `metadata.name=${name.name}` };
    const [vmi] = (await client.list(VirtualMachineInstance, query, { signal })).items;
    if (vmi?.metadata.uid !== uid) return;
    const status = change(vmi);
    if (!status || Object.keys(status).length === 0) return;
    try {
      await client.replace(VirtualMachineInstance, { ...vmi, status: { ...vmi.status, ...status } }, { signal });
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isConflict(error)) throw error;
    }
  }
}
