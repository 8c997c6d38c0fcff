/** The refusal of an apply that would change fields of others. */
import { KubeStatusError } from '../base/status-error.ts';
import type { Ownership } from './managers.ts';
import { type PathSet, pathTexts } from './path-set.ts';

export interface FieldConflict {
  owner: Ownership;
  fields: PathSet;
}

export function conflictError(conflicts: readonly FieldConflict[]): KubeStatusError {
  const all = conflicts.flatMap(({ owner, fields }) =>
    pathTexts(fields).map((field) => ({ owner: ownerText(owner), field })),
  );
  return new KubeStatusError(409, 'Conflict', message(all), {
    causes: all.map(({ owner, field }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${owner}`,
      field,
    })),
  });
}

function message(all: readonly { owner: string; field: string }[]): string {
  const [first] = all;
  if (first && all.length === 1) return `Apply failed with 1 conflict: conflict with ${first.owner}: ${first.field}`;
  const lines = Object.entries(Object.groupBy(all, ({ owner }) => owner))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([owner, conflicts = []]) => [`conflicts with ${owner}:`, ...conflicts.map(({ field }) => `- ${field}`)]);
  return `Apply failed with ${all.length} conflicts: ${lines.join('\n')}`;
}

function ownerText(owner: Ownership): string {
  const subresource = owner.subresource ? ` with subresource ${JSON.stringify(owner.subresource)}` : '';
  const name = `${JSON.stringify(owner.manager)}${subresource}`;
  if (owner.operation === 'Apply') return name;
  return `${name} using ${owner.apiVersion}`;
}
