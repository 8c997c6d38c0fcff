/** A resource that is wrong, or borderline: what is changed of a good one, and what the API server says to that. */

/** Values by path below `spec`, such as `{ 'containers.warm': 7 }`; `undefined` takes a field away. */
export type Change = Record<string, unknown>;

interface Row {
  /** Unique. */
  name: string;
  kind: Kind;
  change: Change;
  /** What is stored before, where the row is about a change: of the good one, too. */
  before?: Change;
}

export type Kind = 'server' | 'token';

export interface RefusedRow extends Row {
  /** Path of the field that is at fault. */
  field: string;
  words: RegExp;
}

export type TakenRow = Row;

const DIGEST = 'ab'.repeat(32);

const GOOD: Record<Kind, object> = {
  // A key of its own would have to be made for each.
  server: { iso: { image: 'registry.example/iso:1', sha256: DIGEST }, keys: { onetime: true } },
  token: { serverName: 'lab' },
};

export function specOf(kind: Kind, ...changes: (Change | undefined)[]): object {
  const spec: Record<string, unknown> = structuredClone({ ...GOOD[kind] });
  for (const change of changes) {
    for (const [path, value] of Object.entries(change ?? {})) set(spec, path.split('.'), value);
  }
  return spec;
}

function set(holder: Record<string, unknown>, [key = '', ...below]: string[], value: unknown): void {
  if (below.length === 0) {
    if (value === undefined) delete holder[key];
    else holder[key] = value;
    return;
  }
  const inner = { ...(typeof holder[key] === 'object' ? holder[key] : {}) };
  holder[key] = inner;
  set(inner as Record<string, unknown>, below, value);
}
