/** Whether a parsed JSON value has at most `most` levels of objects and arrays. Without recursion, so any depth is safe. */
export function isShallow(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? [item] : []));
    if (level.length > 0 && depth >= most) return false;
    level = level.flatMap((item) => Object.values(item as object));
  }
  return true;
}
