import assert from 'node:assert/strict';

interface Versioned {
  metadata: { name: string; uid?: string; resourceVersion?: string };
}

type Change = { type: 'ADDED' | 'MODIFIED'; uid: string; version: string } | { type: 'DELETED'; uid: string };

/** What happened to each name, in order, as one observer saw it. */
export class History {
  readonly names = new Map<string, Change[]>();

  add({ metadata: { name, uid = '', resourceVersion: version = '' } }: Versioned, type: Change['type']): void {
    const changes = this.names.get(name) ?? [];
    changes.push(type === 'DELETED' ? { type, uid } : { type, uid, version });
    this.names.set(name, changes);
  }

  /** Everything that there is now, after a time in which nothing was seen. */
  replace(objects: Versioned[]): void {
    const uids = new Map(objects.map(({ metadata }) => [metadata.name, metadata.uid]));
    for (const [name, changes] of this.names) {
      const uid = aliveAtEnd(changes);
      if (uid !== undefined && uid !== uids.get(name)) this.add({ metadata: { name, uid } }, 'DELETED');
    }
    for (const object of objects) {
      const { name, uid, resourceVersion } = object.metadata;
      const last = this.names.get(name)?.at(-1);
      if (last === undefined || last.type === 'DELETED') this.add(object, 'ADDED');
      else if (stateOf(last) !== `${uid} ${resourceVersion}`) this.add(object, 'MODIFIED');
    }
  }
}

/** Nothing was missed, and nothing invented: the very same changes of each name. */
export function assertSame(heard: History, truth: History): void {
  assert.deepEqual(sorted(heard), sorted(truth));
}

/**
 * What listeners heard is one way to tell what happened: no state that never was, each name added first and deleted last,
 * with one uid in between and versions that go up; whatever was deleted is reported so; and it ends as the truth does.
 * Changes may be missing, as a list tells the present state only.
 * @param known uid and version of states that the truth may have missed
 */
export function assertFits(heard: History, truth: History, known: Set<string>): void {
  for (const [name, changes] of heard.names) {
    const real = truth.names.get(name) ?? [];
    const states = new Set([...real.map(stateOf), ...known]);
    let alive: string | undefined;
    let last = 0;
    for (const change of changes) {
      if (change.type === 'ADDED') assert.equal(alive, undefined, `${name} was added twice`);
      else assert.equal(alive, change.uid, `${name} changed before it was added, or under another uid`);
      alive = change.type === 'DELETED' ? undefined : change.uid;
      if (change.type === 'DELETED') continue;
      assert.ok(states.has(stateOf(change)), `${name} never was ${stateOf(change)}`);
      assert.ok(Number(change.version) > last, `${name} went back to version ${change.version}`);
      last = Number(change.version);
    }
    assert.equal(alive, aliveAtEnd(real), `${name} ends otherwise than it did`);
  }
  for (const [name, real] of truth.names) if (!heard.names.has(name)) assert.equal(aliveAtEnd(real), undefined, name);
}

function stateOf(change: Change): string {
  return change.type === 'DELETED' ? 'deleted' : `${change.uid} ${change.version}`;
}

function aliveAtEnd(changes: Change[]): string | undefined {
  const last = changes.at(-1);
  return last?.type === 'DELETED' ? undefined : last?.uid;
}

function sorted({ names }: History): [string, Change[]][] {
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1));
}
