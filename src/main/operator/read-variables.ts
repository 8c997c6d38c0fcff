import { FIELDS } from './fields.ts';
import { type Source, typed } from './source.ts';

/**
 * What the environment says. An empty variable says nothing. Others that begin with `ANWEDDOL_` are not ours to judge:
 * Kubernetes makes some of the names of Services.
 */
export function readVariables(environment: NodeJS.ProcessEnv): Source {
  const values: Source['values'] = new Map();
  for (const field of FIELDS) {
    const text = environment[field.variable];
    if (text) values.set(field.key, { value: typed(field, text), origin: field.variable });
  }
  return { values, problems: [] };
}
