/** The list functions. */
import type { Environment } from '@marcbachmann/cel-js';

type Comparable = bigint | number | string;

export function registerListFunctions(environment: Environment): void {
  environment
    .registerFunction('list.isSorted(): bool', (list: Comparable[]) =>
      list.every((item, index) => index === 0 || (list[index - 1] ?? item) <= item),
    )
    .registerFunction('list.sum(): dyn', (list: (bigint | number)[]) => {
      const isWhole = list.every((item) => typeof item === 'bigint');
      return isWhole
        ? list.reduce((sum, item) => sum + item, 0n)
        : list.reduce<number>((sum, item) => sum + Number(item), 0);
    })
    .registerFunction('list.min(): dyn', (list: Comparable[]) => extreme(list, (left, right) => left < right))
    .registerFunction('list.max(): dyn', (list: Comparable[]) => extreme(list, (left, right) => left > right))
    .registerFunction('list.indexOf(dyn): int', (list: unknown[], value: unknown) => BigInt(list.indexOf(value)))
    .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], value: unknown) =>
      BigInt(list.lastIndexOf(value)),
    );
}

function extreme(list: Comparable[], isBetter: (left: Comparable, right: Comparable) => boolean): Comparable {
  const [first] = list;
  if (first === undefined) throw new Error('min/max called on empty list');
  return list.reduce((best, item) => (isBetter(item, best) ? item : best), first);
}
