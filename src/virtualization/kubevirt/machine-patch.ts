/** JSON Patches of machines. Each tests that it hits the machine it was made for, and finds it as it was taken to be. */
import { type ContainerState, LABEL_STATE } from '../../api/names.ts';
import type { JsonPatchOperation } from '../../kube/client.ts';

const STATE_PATH = `/metadata/labels/${pointer(LABEL_STATE)}`;

export function testUid(uid: string): JsonPatchOperation {
  return { op: 'test', path: '/metadata/uid', value: uid };
}

export function testState(state: ContainerState): JsonPatchOperation {
  return { op: 'test', path: STATE_PATH, value: state };
}

/** Of any number of clients that do this at once, one gets through. */
export function changeState(from: ContainerState, to: ContainerState): JsonPatchOperation[] {
  return [testState(from), { op: 'replace', path: STATE_PATH, value: to }];
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
