/** Columns that most kinds have, and short ways to write others. */
import { at, type JsonValue } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { age } from './age.ts';
import type { Column } from './column.ts';

export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace.',
  cell: (object) => object.metadata.name ?? '',
};

export const AGE: Column = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  cell: (object, now) => age(object.metadata.creationTimestamp, now),
};

/** NAME, the given columns, AGE; wide columns go behind AGE. */
export function objectColumns(columns: readonly Column[]): readonly Column[] {
  const isWide = (column: Column) => (column.priority ?? 0) > 0;
  return [NAME, ...columns.filter((column) => !isWide(column)), AGE, ...columns.filter(isWide)];
}

export function text(name: string, cell: (object: StoredObject) => string): Column {
  return { name, type: 'string', cell: (object) => cell(object) };
}

export function wide(name: string, cell: (object: StoredObject) => string): Column {
  return { ...text(name, cell), priority: 1 };
}

/** A number in a column that is declared as text, as some of Kubernetes' own are. */
export function count(name: string, cell: (object: StoredObject) => number): Column {
  return { name, type: 'string', cell: (object) => cell(object) };
}

export function integer(name: string, cell: (object: StoredObject) => number): Column {
  return { name, type: 'integer', cell: (object) => cell(object) };
}

/** A string at a path, `missing` where there is none. */
export function textAt(object: StoredObject, path: readonly string[], missing: string): string {
  const value: JsonValue | undefined = at(object, path);
  return value === undefined || value === null || value === '' ? missing : String(value);
}

export function numberAt(object: StoredObject, path: readonly string[]): number {
  const value = at(object, path);
  return typeof value === 'number' ? value : 0;
}
