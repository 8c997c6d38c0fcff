import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { JsonObject } from '../../apiserver/base/json.ts';
import type { Schema } from '../../apiserver/schema/schema.ts';
import { timestamp } from '../../timestamp.ts';
import { defaultedMachine } from './machine-defaults.ts';
import { machineDefinition } from './machine-definition.ts';
import { machineProblems } from './machine-problems.ts';
import { shapeProblems, unreadable } from './machine-shape.ts';
import { KUBEVIRT_USERS, RESERVED_LABELS } from './names.ts';
import type { Problem } from './problem.ts';
import type { KubeVirtVersion } from './version.ts';

/** Why a webhook refuses a machine: rules that it breaks (422), or that it can't be read (400). */
export type Refusal = { webhook: string } & ({ refused: Partial<Problem>[] } | { unreadable: string });
/** What KubeVirt's webhooks answer: the machine to store, or why it is refused. */
export type Verdict = { machine: VirtualMachineInstance } | Refusal;

const MUTATING_WEBHOOK = 'virtualmachineinstances-mutator.kubevirt.io';
const CREATE_WEBHOOK = 'virtualmachineinstances-create-validator.kubevirt.io';
const UPDATE_WEBHOOK = 'virtualmachineinstances-update-validator.kubevirt.io';

export class MachineAdmission {
  readonly #clock: Clock;
  readonly #version: KubeVirtVersion;
  readonly #schema: Schema;

  constructor(clock: Clock, version: KubeVirtVersion) {
    this.#clock = clock;
    this.#version = version;
    this.#schema = machineDefinition(version).spec.versions[0]?.schema?.openAPIV3Schema as Schema;
  }

  /** Fills in a new machine, and checks it. `object` may be of any shape. */
  admitNew(object: object, user: string): Verdict {
    const shape = shapeProblems(object as JsonObject, this.#schema);
    if (shape.length > 0) return { refused: shape.map((message) => ({ message })), webhook: MUTATING_WEBHOOK };
    const given = object as VirtualMachineInstance;
    const why = unreadable(given);
    if (why) return { unreadable: why, webhook: MUTATING_WEBHOOK };
    const now = timestamp(this.#clock.now());
    const machine = defaultedMachine(given, { uuid: randomUUID(), now, version: this.#version });
    const refused = machineProblems(machine, KUBEVIRT_USERS.has(user));
    return refused.length > 0 ? { refused, webhook: CREATE_WEBHOOK } : { machine };
  }

  /** A change by anybody but KubeVirt may touch neither the spec nor the reserved labels; what it says of the status is dropped. */
  admitChange(vmi: VirtualMachineInstance, before: VirtualMachineInstance, user: string): Verdict {
    if (KUBEVIRT_USERS.has(user)) return { machine: vmi };
    if (!isDeepStrictEqual(vmi.spec, before.spec)) return restricted('update of VMI object is restricted');
    if (RESERVED_LABELS.some((label) => vmi.metadata.labels?.[label] !== before.metadata.labels?.[label])) {
      return restricted('modification of the following reserved kubevirt.io/ labels on a VMI object is prohibited');
    }
    const { status: _, ...rest } = vmi;
    return { machine: before.status ? { ...rest, status: before.status } : rest };
  }
}

function restricted(message: string): Refusal {
  return { refused: [{ reason: 'FieldValueNotSupported', message }], webhook: UPDATE_WEBHOOK };
}
