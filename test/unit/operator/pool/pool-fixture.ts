/** Machines of a pool as a cache would show them. */
import { ANNOTATION_MACHINE_SHA256, LABEL_STATE } from '../../../../src/api/names.ts';
import type { ServerSettings } from '../../../../src/api/server-settings.ts';
import type { VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { NO_FAILURE } from '../../../../src/operator/pool/breaker.ts';
import { type PoolFacts, planPool } from '../../../../src/operator/pool/plan-pool.ts';
import { bootingMachine, machineDigest } from '../../../../src/virtualization/kubevirt/machine.ts';
import { sampleSettings } from '../../../support/sample-machine.ts';

type Status = NonNullable<VirtualMachineInstance['status']>;
type Condition = NonNullable<Status['conditions']>[number];

export const START_MS = 180_000;
export const LIFETIME_MS = 86_400_000;

const settings = sampleSettings();

/** What machines are to be made of. */
export const WANTED = machineDigest(settings.spec);

export interface Shape {
  port: number;
  state?: 'booting' | 'warm' | 'claimed' | 'ready';
  /** Milliseconds. */
  bootedAt?: number;
  isOld?: boolean;
  isEnding?: boolean;
  annotations?: Record<string, string>;
  status?: Status;
}

export function machineIn(shape: Shape, made: ServerSettings = settings): VirtualMachineInstance {
  const { port, state = 'booting', bootedAt = 0, isOld, isEnding, annotations, status } = shape;
  const vmi = bootingMachine(made, `uuid-${port}`, port, bootedAt);
  return {
    ...vmi,
    metadata: {
      ...vmi.metadata,
      uid: `uid-${port}`,
      resourceVersion: '1',
      creationTimestamp: new Date(bootedAt).toISOString(),
      labels: { ...vmi.metadata.labels, [LABEL_STATE]: state },
      annotations: {
        ...vmi.metadata.annotations,
        ...(isOld && { [ANNOTATION_MACHINE_SHA256]: 'old' }),
        ...annotations,
      },
      ...(isEnding && { deletionTimestamp: new Date(bootedAt).toISOString() }),
    },
    ...(status ? { status } : state === 'warm' && { status: up }),
  };
}

function condition(type: string, status: 'True' | 'False', reason: string, at = 0, message = ''): Condition {
  return { type, status, reason, message, lastProbeTime: null, lastTransitionTime: new Date(at).toISOString() };
}

export const up: Status = { phase: 'Running', conditions: [condition('Ready', 'True', '')] };

export function unready(since: number): Status {
  return { phase: 'Running', conditions: [condition('Ready', 'False', 'ContainersNotReady', since)] };
}

export function unschedulable(message = '0/3 nodes are available', reason = 'Unschedulable'): Status {
  return { phase: 'Scheduling', conditions: [condition('PodScheduled', 'False', reason, 0, message)] };
}

export function podRefused(message: string): Status {
  return { phase: 'Pending', conditions: [condition('Synchronized', 'False', 'FailedCreate', 0, message)] };
}

export function unpullable(since: number): Status {
  return {
    phase: 'Scheduling',
    conditions: [condition('Synchronized', 'False', 'ImagePullBackOff', since, 'no such image')],
  };
}

/** A plan for a server of 6 slots, from port 10000 on. */
export function plan(
  machines: VirtualMachineInstance[],
  containers: Partial<PoolFacts['spec']['containers']> = {},
  facts: Partial<Omit<PoolFacts, 'spec' | 'machines'>> = {},
) {
  const { service, containers: given } = settings.spec;
  const spec = { service, containers: { ...given, warm: 2, ...containers } };
  return planPool({ spec, machines, machineSha256: WANTED, record: NO_FAILURE, now: 1_000, start: 0, ...facts });
}

/** By their ports. */
export function portsOf(machines: VirtualMachineInstance[]): number[] {
  return machines.map(({ metadata }) => Number(metadata.name.split('-').at(-1)));
}

export function removedBy({ remove }: ReturnType<typeof plan>): [number | undefined, string][] {
  return remove.map(({ vmi, reason }) => [portsOf([vmi])[0], reason]);
}
