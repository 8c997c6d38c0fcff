/** `fieldPath` of a rule: `.spec.name` or `.labels['key']`, relative to the rule's schema. */
import { memberSchema, type Schema } from '../schema/schema.ts';

const STEP = /^(?:\.([A-Za-z_][\w-]*)|\['((?:[^'\\]|\\.)*)'\])/;

/** Lists can't be part of it. */
export function isFieldPath(path: string, schema: Schema): boolean {
  let rest = path;
  let current: Schema | undefined = schema;
  while (rest !== '' && current) {
    const step = STEP.exec(rest);
    const name = step?.[1] ?? step?.[2];
    if (!step || name === undefined) return false;
    current = memberSchema(current, name);
    rest = rest.slice(step[0].length);
  }
  return current !== undefined;
}
