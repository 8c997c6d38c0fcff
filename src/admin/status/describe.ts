/** Facts in, report out; pure. */
import { LABEL_STATE } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Answer } from '../cluster/answer.ts';
import { valueOr } from '../cluster/answer.ts';
import { containerReport } from './describe-container.ts';
import { eventsOf } from './describe-events.ts';
import { podReport } from './describe-pod.ts';
import type { StatusFacts } from './read-status.ts';
import type { ServerReport } from './report.ts';

export function describe(facts: StatusFacts): ServerReport {
  const { server, pods, machines, events } = facts;
  const { metadata, status, spec } = server;
  const { sha256, previousSha256 } = status?.publicKey ?? {};
  const all = valueOr(machines, undefined);
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    phase: status?.phase ?? 'Unknown',
    ...(status?.address && { address: status.address }),
    ...(sha256 && { fingerprint: sha256 }),
    ...(previousSha256 && { previousFingerprint: previousSha256 }),
    ...(status?.iso && { isoSha256: status.iso.sha256 }),
    warm: { is: all ? warm(all) : (status?.containers?.warm ?? 0), wanted: spec?.containers?.warm ?? 0 },
    slots: { taken: all?.length ?? taken(server), max: spec?.containers?.maxRunning ?? 0 },
    conditions: (status?.conditions ?? []).map(({ type, status, reason, message }) => ({
      type,
      status,
      reason,
      message,
    })),
    ...(pods.is === 'known' && { pods: pods.value.map(podReport) }),
    ...(all && { containers: all.map(containerReport).sort((a, b) => (a.port ?? 0) - (b.port ?? 0)) }),
    ...(events.is === 'known' && { events: eventsOf(server, events.value, valueOr(pods, [])) }),
    hidden: [...hidden('pods', pods), ...hidden('containers', machines), ...hidden('Events', events)],
  };
}

function warm(machines: readonly VirtualMachineInstance[]): number {
  return machines.filter(({ metadata }) => metadata.labels?.[LABEL_STATE] === 'warm' && !metadata.deletionTimestamp)
    .length;
}

function taken({ status }: AnweddolServer): number {
  const { running = 0, warm = 0, starting = 0, ending = 0 } = status?.containers ?? {};
  return running + warm + starting + ending;
}

function hidden(what: string, answer: Answer<unknown>): string[] {
  return answer.is === 'known' ? [] : [`the ${what}: ${answer.why}`];
}
