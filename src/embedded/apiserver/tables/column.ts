/** A column of the tables that kubectl prints. */
import type { JsonValue } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';

export interface Column {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format?: string;
  description?: string;
  /** 0 is always shown, more only in wide output. */
  priority?: number;
  /** `now` is in milliseconds since the epoch. */
  cell(object: StoredObject, now: number): JsonValue;
}
