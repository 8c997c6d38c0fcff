/** Which machines of a server the pool answers for, and in what order they go; pure. */
import { ANNOTATION_LISTEN_PORT, ANNOTATION_MACHINE_SHA256, LABEL_STATE } from '../../api/names.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';

/** Nobody's yet. */
export function isUnclaimed({ metadata }: VirtualMachineInstance): boolean {
  return isBooting({ metadata }) || metadata.labels?.[LABEL_STATE] === 'warm';
}

export function isBooting({ metadata }: Pick<VirtualMachineInstance, 'metadata'>): boolean {
  return metadata.labels?.[LABEL_STATE] === 'booting';
}

export function isEnding({ metadata }: VirtualMachineInstance): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export function slotOf({ metadata }: VirtualMachineInstance): number {
  return Number(metadata.annotations?.[ANNOTATION_LISTEN_PORT]);
}

/** @param wanted undefined while it is not known what machines are to be made of: then none is of an older kind */
export function isOfOtherKind({ metadata }: VirtualMachineInstance, wanted: string | undefined): boolean {
  return wanted !== undefined && metadata.annotations?.[ANNOTATION_MACHINE_SHA256] !== wanted;
}

/** The oldest first; of equals, by name. */
export function oldestFirst(a: VirtualMachineInstance, b: VirtualMachineInstance): number {
  const age = createdAt(a) - createdAt(b);
  return age !== 0 ? age : a.metadata.name < b.metadata.name ? -1 : 1;
}

function createdAt({ metadata }: VirtualMachineInstance): number {
  return Date.parse(metadata.creationTimestamp ?? '') || 0;
}
