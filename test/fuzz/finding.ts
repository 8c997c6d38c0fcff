/** What must never be: said by a run that saw it. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

export function expectThat(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Finding(what);
}
