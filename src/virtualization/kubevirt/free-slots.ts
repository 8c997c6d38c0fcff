import { ANNOTATION_LISTEN_PORT } from '../../api/names.ts';
import { slotPorts } from '../../api/server-settings.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';

/**
 * The slots that a machine may be created in, ascending. A machine that is ending still holds its slot, and one in a slot
 * beyond a lowered `maxRunning` counts: then only so many of the first slots are free that there are never more machines
 * than `maxRunning`, whoever fills them and however old what they know is.
 * @param machines all of this server
 */
export function freeSlots(spec: Parameters<typeof slotPorts>[0], machines: VirtualMachineInstance[]): number[] {
  const taken = new Set(machines.map((vmi) => Number(vmi.metadata.annotations?.[ANNOTATION_LISTEN_PORT])));
  const left = Math.max(0, spec.containers.maxRunning - machines.length);
  return slotPorts(spec)
    .filter((port) => !taken.has(port))
    .slice(0, left);
}

/**
 * The same ports, or machines, beginning anywhere: so that server pods that claim at the same moment seldom try the same, and
 * a port is not given to the next client at once (whose SSH client may remember another host key for it).
 * @param start from 0 up to, and not including, 1
 */
export function fromAnywhere<T>(items: T[], start: number): T[] {
  const first = Math.floor(start * items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}
