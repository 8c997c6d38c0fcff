import { asArray, asObject, asString } from '../base/json.ts';
import { type StoredObject, specOf } from '../base/kube-object.ts';
import type { Column } from './column.ts';
import { count, integer, numberAt, text, wide } from './common-columns.ts';
import { selectorText } from './selector-text.ts';

const podWide: readonly Column[] = [
  wide('Containers', (object) =>
    containers(object)
      .map(({ name }) => asString(name))
      .join(','),
  ),
  wide('Images', (object) =>
    containers(object)
      .map(({ image }) => asString(image))
      .join(','),
  ),
  wide('Selector', (object) => selectorText(specOf(object).selector)),
];

export const deploymentColumns: readonly Column[] = [
  text(
    'Ready',
    (object) => `${numberAt(object, ['status', 'readyReplicas'])}/${numberAt(object, ['spec', 'replicas'])}`,
  ),
  count('Up-to-date', (object) => numberAt(object, ['status', 'updatedReplicas'])),
  count('Available', (object) => numberAt(object, ['status', 'availableReplicas'])),
  ...podWide,
];

export const replicaSetColumns: readonly Column[] = [
  integer('Desired', (object) => numberAt(object, ['spec', 'replicas'])),
  integer('Current', (object) => numberAt(object, ['status', 'replicas'])),
  integer('Ready', (object) => numberAt(object, ['status', 'readyReplicas'])),
  ...podWide,
];

function containers(object: StoredObject) {
  return asArray(asObject(asObject(specOf(object).template).spec).containers).map(asObject);
}
