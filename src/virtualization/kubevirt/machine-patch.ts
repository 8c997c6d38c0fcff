/** JSON Patches of machines. Each tests that it hits the machine it was made for, and finds it as it was taken to be. */
import { type ContainerState, LABEL_STATE } from '../../api/names.ts';
import type { JsonPatchOperation } from '../../kube/client.ts';

export function testUid(uid: string): JsonPatchOperation {
  return { op: 'test', path: '/metadata/uid', value: uid };
}

/** Of any number of clients that do this at once, one gets through. */
export function changeState(from: ContainerState, to: ContainerState): JsonPatchOperation[] {
  const path = `/metadata/labels/${pointer(LABEL_STATE)}`;
  return [
    { op: 'test', path, value: from },
    { op: 'replace', path, value: to },
  ];
}

export function addAnnotations(annotations: Record<string, string>): JsonPatchOperation[] {
  return Object.entries(annotations).map(([name, value]) => {
    return { op: 'add', path: `/metadata/annotations/${pointer(name)}`, value };
  });
}

/** As a part of a JSON Pointer (RFC 6901). */
function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
