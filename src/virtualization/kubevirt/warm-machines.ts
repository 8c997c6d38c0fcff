/** Which machines stand ready for the next client; pure. */
import { ANNOTATION_MACHINE_SHA256, LABEL_STATE } from '../../api/names.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import { fromAnywhere } from './free-slots.ts';
import { machineDigest } from './machine.ts';
import { isReady, startProgress } from './machine-state.ts';

/**
 * The warm machines that a CREATE may be given, best first: those made as machines are made now, oldest first but beginning
 * anywhere, then the others. With a lowered `maxRunning` no more than leave it kept with the machines that are not to be had.
 * @param machines all of this server
 * @param start from 0 up to, and not including, 1
 */
export function warmMachines(
  spec: ServerSettings['spec'],
  machines: VirtualMachineInstance[],
  start = 0,
): VirtualMachineInstance[] {
  const fit = machines.filter(isWarm).sort(oldestFirst);
  if (fit.length === 0) return [];
  const left = spec.containers.maxRunning - (machines.length - fit.length);
  const digest = machineDigest(spec);
  const [current, old] = [true, false].map((isCurrent) =>
    fit.filter(({ metadata }) => (metadata.annotations?.[ANNOTATION_MACHINE_SHA256] === digest) === isCurrent),
  );
  return [...fromAnywhere(current ?? [], start), ...(old ?? [])].slice(0, Math.max(0, left));
}

/** It waits for a client, and its SSH port answers. */
function isWarm(vmi: VirtualMachineInstance): boolean {
  return vmi.metadata.labels?.[LABEL_STATE] === 'warm' && isReady(vmi) && startProgress(vmi).step === 'running';
}

function oldestFirst({ metadata: a }: VirtualMachineInstance, { metadata: b }: VirtualMachineInstance): number {
  const [since, than] = [a.creationTimestamp ?? '', b.creationTimestamp ?? ''];
  if (since !== than) return since < than ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
