import { ANNOTATION_LISTEN_PORT } from '../../api/names.ts';
import { type ServerSettings, slotPorts } from '../../api/server-settings.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';

/** The slots no machine holds, ascending. A machine that is ending still holds its slot. */
export function freeSlots(spec: ServerSettings['spec'], machines: VirtualMachineInstance[]): number[] {
  const taken = new Set(machines.map((vmi) => Number(vmi.metadata.annotations?.[ANNOTATION_LISTEN_PORT])));
  return slotPorts(spec).filter((port) => !taken.has(port));
}

/**
 * The same ports, beginning anywhere: so that server pods that claim at the same moment seldom try the same slot, and a
 * port is not given to the next client at once (whose SSH client may remember another host key for it).
 * @param start from 0 up to, and not including, 1
 */
export function fromAnywhere(ports: number[], start: number): number[] {
  const first = Math.floor(start * ports.length);
  return [...ports.slice(first), ...ports.slice(0, first)];
}
