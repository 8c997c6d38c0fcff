/** Which machines stand ready for the next client; pure. */
import { ANNOTATION_MACHINE_SHA256, LABEL_STATE } from '../../api/names.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import { machineDigest } from './machine.ts';
import { isReady, startProgress } from './machine-state.ts';

/**
 * The warm machines that a CREATE may be given, best first: those made as machines are made now, then the oldest. With a
 * lowered `maxRunning` no more than leave it kept with the machines that are not to be had.
 * @param machines all of this server
 */
export function warmMachines(
  spec: ServerSettings['spec'],
  machines: VirtualMachineInstance[],
): VirtualMachineInstance[] {
  const fit = machines.filter(isWarm);
  if (fit.length === 0) return [];
  const left = spec.containers.maxRunning - (machines.length - fit.length);
  return fit.toSorted(bestFirst(machineDigest(spec))).slice(0, Math.max(0, left));
}

/** It waits for a client, and its SSH port answers. */
function isWarm(vmi: VirtualMachineInstance): boolean {
  return vmi.metadata.labels?.[LABEL_STATE] === 'warm' && isReady(vmi) && startProgress(vmi).step === 'running';
}

function bestFirst(digest: string): (a: VirtualMachineInstance, b: VirtualMachineInstance) => number {
  const isOld = (vmi: VirtualMachineInstance) =>
    Number(vmi.metadata.annotations?.[ANNOTATION_MACHINE_SHA256] !== digest);
  const since = (vmi: VirtualMachineInstance) => `${vmi.metadata.creationTimestamp} ${vmi.metadata.name}`;
  return (a, b) => isOld(a) - isOld(b) || (since(a) < since(b) ? -1 : 1);
}
