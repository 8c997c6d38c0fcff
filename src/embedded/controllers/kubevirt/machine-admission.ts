import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { timestamp } from '../../timestamp.ts';
import { defaultedMachine } from './machine-defaults.ts';
import { machineProblems, type Problem } from './machine-problems.ts';
import { KUBEVIRT_USERS, RESERVED_LABELS } from './names.ts';

/** What KubeVirt's webhooks answer: the machine to store, or why it is refused. */
export type Verdict = { machine: VirtualMachineInstance } | { refused: Problem[]; webhook: string };

const CREATE_WEBHOOK = 'virtualmachineinstances-create-validator.kubevirt.io';
const UPDATE_WEBHOOK = 'virtualmachineinstances-update-validator.kubevirt.io';

/** Fills in a new machine, and checks it. */
export function admitNew(vmi: VirtualMachineInstance, clock: Clock): Verdict {
  const refused = machineProblems(vmi);
  if (refused.length > 0) return { refused, webhook: CREATE_WEBHOOK };
  return { machine: defaultedMachine(vmi, { uuid: randomUUID(), now: timestamp(clock.now()) }) };
}

/** A change by anybody but KubeVirt may touch neither the spec nor the reserved labels; what it says of the status is dropped. */
export function admitChange(vmi: VirtualMachineInstance, before: VirtualMachineInstance, user: string): Verdict {
  if (KUBEVIRT_USERS.has(user)) return { machine: vmi };
  if (!isDeepStrictEqual(vmi.spec, before.spec)) {
    return { refused: [{ field: 'spec', message: 'update of VMI object is restricted' }], webhook: UPDATE_WEBHOOK };
  }
  const changed = RESERVED_LABELS.filter((label) => vmi.metadata.labels?.[label] !== before.metadata.labels?.[label]);
  if (changed.length > 0) {
    const message = 'modification of the following reserved kubevirt.io/ labels on a VMI object is prohibited';
    return { refused: [{ field: 'metadata.labels', message }], webhook: UPDATE_WEBHOOK };
  }
  const { status: _, ...rest } = vmi;
  return { machine: before.status ? { ...rest, status: before.status } : rest };
}
