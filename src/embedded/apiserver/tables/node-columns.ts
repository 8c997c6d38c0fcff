import { asArray, asObject, asString } from '../base/json.ts';
import { conditionsOf, labelsOf, type StoredObject, specOf, statusOf } from '../base/kube-object.ts';
import type { Column } from './column.ts';
import { AGE, NAME, text, textAt, wide } from './common-columns.ts';

const ROLE = 'node-role.kubernetes.io/';

export const nodeTable: readonly Column[] = [
  NAME,
  text('Status', (node) => {
    const ready = conditionsOf(node).find(({ type }) => type === 'Ready');
    const state = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
    return specOf(node).unschedulable === true ? `${state},SchedulingDisabled` : state;
  }),
  text('Roles', (node) => {
    const roles = Object.keys(labelsOf(node))
      .filter((key) => key.startsWith(ROLE))
      .map((key) => key.slice(ROLE.length));
    return roles.sort().join(',') || '<none>';
  }),
  AGE,
  text('Version', (node) => textAt(node, ['status', 'nodeInfo', 'kubeletVersion'], '')),
  wide('Internal-IP', (node) => address(node, 'InternalIP')),
  wide('External-IP', (node) => address(node, 'ExternalIP')),
  wide('OS-Image', (node) => textAt(node, ['status', 'nodeInfo', 'osImage'], '<unknown>')),
  wide('Kernel-Version', (node) => textAt(node, ['status', 'nodeInfo', 'kernelVersion'], '<unknown>')),
  wide('Container-Runtime', (node) => textAt(node, ['status', 'nodeInfo', 'containerRuntimeVersion'], '<unknown>')),
];

function address(node: StoredObject, type: string): string {
  const found = asArray(statusOf(node).addresses)
    .map(asObject)
    .find((each) => each.type === type);
  return asString(found?.address) || '<none>';
}
