import type * as z from 'zod';
import type { FieldErrors } from './errors.ts';

/** Field (dotted path, `` for the whole) → list of what is wrong with it. */
export function fieldErrors(error: z.ZodError): FieldErrors {
  const byField = Map.groupBy(error.issues, (issue) => issue.path.join('.'));
  return Object.fromEntries([...byField].map(([field, issues]) => [field, issues.map((issue) => issue.message)]));
}
