import type { Crossing } from '../../support/crash-proxy/crossing.ts';

/** O3: whoever deletes says of what uid, or it might hit a later object of that name. */
export function blindDeletes(crossings: readonly Crossing[]): string[] {
  return crossings.flatMap(({ write }) =>
    write?.verb === 'delete' && !write.isAimed ? [`a deletion of ${write.resource} ${write.name} names no uid`] : [],
  );
}
