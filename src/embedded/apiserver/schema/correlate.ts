/** Which item of a list, as it was, an item of the list as it is goes back to. */

import { itemElement } from '../apply/path-element.ts';
import type { JsonValue } from '../base/json.ts';
import { type Schema, sharingOf } from './schema.ts';

/** Only items that keys tell apart can be followed. */
export function correlated(old: JsonValue | undefined, item: JsonValue, schema: Schema): JsonValue | undefined {
  if (!Array.isArray(old)) return undefined;
  const sharing = sharingOf(schema, old);
  if (sharing.kind !== 'keyed') return undefined;
  const element = itemElement(item, sharing, schema.items);
  return old.find((other) => itemElement(other, sharing, schema.items) === element);
}
