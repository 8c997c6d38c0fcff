/** Containers and their ways in that should be gone. */
import { LABEL_SERVER } from '../../../api/names.ts';
import type { AnweddolServer } from '../../../api/resources.ts';
import { keyOf, type ObjectMeta } from '../../../kube/objects.ts';
import type { EndpointSlice, VirtualMachineInstance } from '../../../kube/resources.ts';
import { endOf, fateOf } from '../../../operator/container-end.ts';
import { STUCK_AFTER_MS } from '../../../operator/containers/stuck.ts';
import { type Answer, valueOr } from '../../cluster/answer.ts';
import { duration } from '../../text/duration.ts';
import type { ClusterFacts } from '../facts.ts';
import type { CheckName, Finding } from '../finding.ts';
import { judge, names } from '../unless-known.ts';

/** Ending takes its moment, and clocks differ. */
const SLACK_MS = 60_000;

type Facts = Pick<ClusterFacts, 'machines' | 'slices' | 'servers' | 'now'>;

export function containers({ machines, slices, servers, now }: Facts): Finding[] {
  // Without KubeVirt there is none, and that is told already.
  if (machines.is === 'absent') return [];
  return [
    ...judge(machines, { check: 'containers', what: 'the containers' }, (all) => {
      const wrong = [...overdue(all, now), ...terminating(all, now), ...orphans('containers-orphaned', all, servers)];
      const found = `${all.length} containers are there; none is overdue, stuck or an orphan.`;
      return wrong.length > 0 ? wrong : [{ check: 'containers', result: 'ok', found }];
    }),
    ...orphanSlices(slices, machines, servers),
  ];
}

function overdue(all: readonly VirtualMachineInstance[], now: number): Finding[] {
  const late = all.filter((vmi) => !vmi.metadata.deletionTimestamp && isOverdue(vmi, now - SLACK_MS));
  if (late.length === 0) return [];
  const which = late.map((vmi) => `${keyOf(vmi.metadata)} (${reasonOf(vmi, now)})`);
  return [
    {
      check: 'containers-overdue',
      result: 'failed',
      found: `Of ${all.length} containers ${late.length} should have ended, and nobody has begun it: ${names(which)}.`,
      remedy: "Ending them is the operator's: look at its log, and whether it serves their namespace.",
    },
  ];
}

/** A machine that has ended is over at once, whatever its deadlines are; when that was, KubeVirt notes. */
function isOverdue(vmi: VirtualMachineInstance, since: number): boolean {
  const { phase, phaseTransitionTimestamps = [] } = vmi.status ?? {};
  const last = phaseTransitionTimestamps.find((transition) => transition.phase === phase)?.phaseTransitionTimestamp;
  if (endOf(vmi) && last !== undefined && Date.parse(String(last)) > since) return false;
  return fateOf(vmi, since).over;
}

function reasonOf(vmi: VirtualMachineInstance, now: number): string {
  return fateOf(vmi, now).reason;
}

function terminating(all: readonly VirtualMachineInstance[], now: number): Finding[] {
  const since = ({ metadata }: VirtualMachineInstance) => now - Date.parse(metadata.deletionTimestamp ?? '');
  const stuck = all.filter((vmi) => since(vmi) > STUCK_AFTER_MS);
  if (stuck.length === 0) return [];
  const which = stuck.map((vmi) => `${keyOf(vmi.metadata)} (for ${duration(since(vmi))}, ${waitsFor(vmi)})`);
  return [
    {
      check: 'containers-terminating',
      result: 'failed',
      found: `${stuck.length} containers are to go and do not, and keep their slots: ${names(which)}.`,
      remedy: 'Look at virt-controller, and at virt-handler on their nodes.',
    },
  ];
}

function waitsFor({ metadata, status }: VirtualMachineInstance): string {
  const finalizers = metadata.finalizers?.join(', ') || 'no finalizer';
  return status?.nodeName ? `${finalizers}, node ${status.nodeName}` : finalizers;
}

function orphans(
  check: CheckName,
  all: readonly (VirtualMachineInstance | EndpointSlice)[],
  servers: Answer<AnweddolServer[]>,
): Finding[] {
  if (servers.is !== 'known') return [];
  const byKey = new Map(servers.value.map((server) => [keyOf(server.metadata), server]));
  const left = all.filter(({ metadata }) => !metadata.deletionTimestamp && isOrphan(metadata, byKey));
  if (left.length === 0) return [];
  const which = left.map(({ metadata }) => keyOf(metadata));
  const what = check === 'slices-orphaned' ? 'EndpointSlices' : 'containers';
  return [
    {
      check,
      result: 'warning',
      found: `The servers of ${left.length} ${what} are gone: ${names(which)}.`,
      remedy: 'The operator removes them; if they stay, look at its log and at the garbage collection of the cluster.',
    },
  ];
}

/** A machine that names no server is nobody's; one of a server that has been made anew under its name is an orphan. */
function isOrphan(metadata: ObjectMeta, servers: ReadonlyMap<string, AnweddolServer>): boolean {
  const name = metadata.labels?.[LABEL_SERVER];
  if (!name) return false;
  const server = servers.get(keyOf({ namespace: metadata.namespace, name }));
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'AnweddolServer');
  return !server || (owner !== undefined && owner.uid !== server.metadata.uid);
}

/** Beside those of servers that are gone, those that lead to no container any more: another pod may have its address. */
function orphanSlices(slices: Facts['slices'], machines: Facts['machines'], servers: Facts['servers']): Finding[] {
  return judge(slices, { check: 'slices-orphaned', what: 'the EndpointSlices of containers' }, (all) => {
    const uids = new Set(valueOr(machines, []).map(({ metadata }) => metadata.uid));
    const astray = all.filter(({ metadata }) => {
      const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'VirtualMachineInstance');
      return machines.is === 'known' && !metadata.deletionTimestamp && !(owner && uids.has(owner.uid));
    });
    if (astray.length === 0) return orphans('slices-orphaned', all, servers);
    const which = astray.map(({ metadata }) => keyOf(metadata));
    return [
      {
        check: 'slices-orphaned',
        result: 'warning',
        found: `${astray.length} EndpointSlices lead to containers that are gone: ${names(which)}.`,
        remedy: 'The operator removes them at once; if they stay, look at its log.',
      },
    ];
  });
}
