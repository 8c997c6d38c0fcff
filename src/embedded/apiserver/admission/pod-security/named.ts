/** `container "a"`, `containers "a", "b"`. */
export function named(what: string, things: readonly { name: string }[]): string {
  const list = things.map(({ name }) => JSON.stringify(name)).join(', ');
  return `${what}${things.length === 1 ? '' : 's'} ${list}`;
}
