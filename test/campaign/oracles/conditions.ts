/** O8: what the status says, and when. */
import { type AnyObject, inOrder, type Version } from '../truth/version.ts';

interface Condition {
  type: string;
  status: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

const REPORTING = new Set(['AnweddolServer', 'AnweddolAccessToken']);

/** Times go on, and only when a status changes; no status speaks of a spec that is still to come, or goes back. */
export function conditionFaults(versions: readonly Version[]): string[] {
  const lines: string[] = [];
  const before = new Map<string, { observed: number; conditions: Condition[] }>();
  for (const { kind, object } of inOrder(versions).filter((version) => REPORTING.has(version.kind))) {
    const { name, uid, generation = 0 } = object.metadata;
    const observed = Number(object.status?.observedGeneration ?? 0);
    const conditions = (object.status?.conditions ?? []) as Condition[];
    const previous = before.get(uid);
    if (observed > generation) lines.push(`${kind} ${name} tells of generation ${observed} before there is one`);
    if (observed < (previous?.observed ?? 0)) lines.push(`${kind} ${name} tells of an older generation again`);
    for (const condition of conditions) {
      const then = previous?.conditions.find(({ type }) => type === condition.type);
      lines.push(
        ...conditionFault(then, condition, generation).map((what) => `${kind} ${name}: ${condition.type} ${what}`),
      );
    }
    before.set(uid, { observed, conditions });
  }
  return lines;
}

function conditionFault(before: Condition | undefined, now: Condition, generation: number): string[] {
  const [then, at] = [Date.parse(before?.lastTransitionTime ?? ''), Date.parse(now.lastTransitionTime ?? '')];
  const lines: string[] = [];
  if (Number.isNaN(at)) lines.push('has no time');
  if (at < then) lines.push('has an earlier time than before');
  if (before?.status === now.status && at > then) lines.push('has another time, and no other status');
  if (before && before.status !== now.status && at === then) lines.push('changed without a new time');
  if ((now.observedGeneration ?? 0) > generation) lines.push('tells of a generation to come');
  return lines;
}

/**
 * Whether all that people asked for was written before the status says that it is done: of each object that the operator
 * makes for the server, by its stable key, the last version with another spec must be older than that status.
 */
export function toldTooEarly(versions: readonly Version[], kinds: ReadonlySet<string>): string[] {
  const ordered = inOrder(versions);
  const servers = ordered.filter(({ kind, type }) => kind === 'AnweddolServer' && type !== 'DELETED');
  const generation = servers.at(-1)?.object.metadata.generation;
  const told = servers.find(({ object }) => object.status?.observedGeneration === generation && isDone(object));
  if (!told || generation === 1) return [];
  const later = ordered.slice(ordered.indexOf(told) + 1);
  // Who has not heard yet of the deletion makes some of it again, for the garbage collector.
  const end = later.findIndex(({ kind, type }) => kind === 'AnweddolServer' && type === 'DELETED');
  return later
    .slice(0, end < 0 ? undefined : end)
    .filter(({ kind, type }) => kinds.has(kind) && type !== 'DELETED')
    .filter((version) => differs(version, previousOf(version, ordered)))
    .map(({ kind, object }) => `${kind} ${object.metadata.name} was changed after the status told that it was done`);
}

/** Whether a status says of nothing that it is still to come. Pods have their own time. */
function isDone({ status }: AnyObject): boolean {
  return ((status?.conditions ?? []) as Condition[]).every(({ type, status: is }) => {
    if (type === 'Progressing') return is === 'False';
    return type === 'Ready' || type === 'Degraded' || is === 'True';
  });
}

function previousOf(version: Version, ordered: readonly Version[]): Version | undefined {
  const { uid } = version.object.metadata;
  return ordered.slice(0, ordered.indexOf(version)).findLast(({ object }) => object.metadata.uid === uid);
}

function differs(version: Version, previous: Version | undefined): boolean {
  const wanted = ({ object }: Version) => JSON.stringify([object.spec, object.data]);
  return previous === undefined || wanted(version) !== wanted(previous);
}
