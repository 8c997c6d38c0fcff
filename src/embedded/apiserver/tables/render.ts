/** Objects as a `meta.k8s.io/v1` Table. */
import type { JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { Column } from './column.ts';

export interface TableOptions {
  includeObject: 'Metadata' | 'None' | 'Object';
  /** Milliseconds since the epoch. */
  now: number;
}

export function table(
  objects: readonly StoredObject[],
  columns: readonly Column[],
  metadata: JsonObject,
  options: TableOptions,
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((column) => ({
      name: column.name,
      type: column.type,
      format: column.format ?? '',
      description: column.description ?? '',
      priority: column.priority ?? 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      ...rowObject(object, options.includeObject),
    })),
  };
}

function rowObject(object: StoredObject, include: TableOptions['includeObject']): JsonObject {
  if (include === 'None') return { object: null };
  if (include === 'Object') return { object };
  return {
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  };
}
