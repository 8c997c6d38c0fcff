import { isDeepStrictEqual } from 'node:util';
import type { Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import { isFinal, type MachinePhase, type MachineStatus, withPhase } from '../../node/machines/with-phase.ts';
import { isGoingDown, isUp, pullFailure } from './launcher-state.ts';
import { type Hindrance, machineConditions } from './machine-conditions.ts';

type Interface = NonNullable<MachineStatus['interfaces']>[number];

/**
 * What virt-controller would write to a machine's status, seeing its launcher pod; nothing when all is said.
 * @param hindrance why there is no pod yet
 */
export function nextMachineStatus(
  vmi: VirtualMachineInstance,
  pod: Pod | undefined,
  now: string,
  hindrance?: Hindrance,
): MachineStatus {
  const { phase = 'Pending' } = vmi.status ?? {};
  const isStarting = phase === 'Scheduling' && pod !== undefined;
  const seen = { pod, now, hindrance: hindrance ?? (isStarting ? pullFailure(pod) : undefined) };
  const to = nextPhase(vmi, pod);
  // From Scheduled on, the times are virt-handler's to tell.
  const isHandled = phase === 'Scheduled' || phase === 'Running';
  const next: MachineStatus = {
    ...(to && (isHandled ? { phase: to } : withPhase(vmi.status, to, now))),
    ...activePods(vmi, pod),
    ...(isStarting && pod.status?.qosClass && { qosClass: pod.status.qosClass as 'Burstable' }),
    ...(pod && { launcherContainerImageVersion: pod.spec?.containers[0]?.image ?? '' }),
    ...(to === 'Scheduled' && { nodeName: pod?.spec?.nodeName ?? '', migrationTransport: 'Unix' }),
    ...((to === 'Scheduled' || (phase === 'Running' && pod)) && attached(vmi)),
    conditions: machineConditions(vmi, seen),
  };
  const changed = Object.entries(next).filter(
    ([field, value]) => !isDeepStrictEqual(value, vmi.status?.[field as keyof MachineStatus]),
  );
  return Object.fromEntries(changed);
}

/** From Scheduled on, the phase is the node's to tell; but without a pod no machine goes on. */
function nextPhase(vmi: VirtualMachineInstance, pod: Pod | undefined): MachinePhase | undefined {
  const phase = vmi.status?.phase ?? 'Pending';
  const isEnding = vmi.metadata.deletionTimestamp !== undefined;
  if (isFinal(vmi)) return undefined;
  if (phase === 'Pending') return pod ? 'Scheduling' : isEnding ? 'Failed' : undefined;
  if (!pod) return 'Failed';
  if (phase !== 'Scheduling') return undefined;
  if (isUp(pod) && !isEnding) return 'Scheduled';
  return isGoingDown(pod) ? 'Failed' : undefined;
}

/** An empty name stands for a node that is not known yet; a null takes a pod away that is gone. */
function activePods({ status }: VirtualMachineInstance, pod: Pod | undefined): MachineStatus {
  const uid = pod?.metadata.uid;
  const before = status?.activePods;
  if (!uid && !before) return {};
  const gone = Object.keys(before ?? {}).filter((other) => other !== uid);
  const nulls = Object.fromEntries(gone.map((other) => [other, null as unknown as string]));
  return { activePods: { ...nulls, ...(uid && { [uid]: pod?.spec?.nodeName ?? '' }) } };
}

/** Its volumes and interfaces, as they are seen from outside the guest. */
function attached({ spec, status }: VirtualMachineInstance): MachineStatus {
  const told = status?.interfaces ?? [];
  const onPodNetwork = new Set((spec.networks ?? []).filter(({ pod }) => pod).map(({ name }) => name));
  const known = (spec.domain.devices.interfaces ?? [])
    .filter(({ name }) => onPodNetwork.has(name))
    .map(
      ({ name }): Interface => ({ ...(told.find((one) => one.name === name) ?? { name }), podInterfaceName: 'eth0' }),
    );
  const others = told.filter(({ name }) => !known.some((one) => one.name === name));
  const volumeStatus = status?.volumeStatus ?? (spec.volumes ?? []).map(({ name }) => ({ name, target: '' }));
  return { interfaces: [...known, ...others], volumeStatus };
}
