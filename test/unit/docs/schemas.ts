/** What the custom resources have, for what is said of them. */
import { DEFINITIONS } from '../../../src/api/crd/definitions.ts';
import type { StructuralSchema } from '../../../src/api/crd/structural-schema.ts';
import { conditions } from '../../../src/operator/conditions.ts';

const OURS = DEFINITIONS.map((definition) => definition().spec);

/** Every name that kubectl takes for one of our resources. */
export const NAMES = new Map<string, StructuralSchema>(
  OURS.flatMap(({ names, group, versions }) => {
    const schema = versions[0]?.schema?.openAPIV3Schema as StructuralSchema;
    const all = [names.plural, names.singular ?? '', names.kind.toLowerCase(), ...(names.shortNames ?? [])];
    return [...all, `${names.plural}.${group}`].map((name): [string, StructuralSchema] => [name, schema]);
  }),
);

/** Whether the path of a field, such as `spec.containers.warm`, is one. Lists may be marked by `[]`, or not. */
export function hasField(schema: StructuralSchema, path: string): boolean {
  let at: StructuralSchema | undefined = schema;
  for (const part of path
    .replaceAll(/\[[^\]]*\]/g, '')
    .split('.')
    .filter(Boolean)) {
    if (at?.items) at = at.items;
    if (at?.additionalProperties || at?.['x-kubernetes-preserve-unknown-fields']) return true;
    at = at?.properties?.[part];
    if (!at) return part === 'metadata';
  }
  return true;
}

/** The paths of all that a patch sets. */
export function patchedPaths(patch: unknown, path = ''): string[] {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return [path];
  return Object.entries(patch).flatMap(([name, value]) => patchedPaths(value, path ? `${path}.${name}` : name));
}

/** The types of conditions that a server can have. */
export const CONDITION_TYPES: string[] = conditions(
  new Proxy({}, { get: () => ({ status: 'True', reason: 'Ready', message: '' }) }),
  [],
  0,
  '',
).map(({ type }) => type);
