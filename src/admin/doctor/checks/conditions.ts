/** What the conditions of a server say, read with the registry of reasons. */
import type { Condition } from '../../../api/common-fields.ts';
import type { ReasonEntry } from '../../../api/reasons/entries.ts';
import { REASONS } from '../../../api/reasons.ts';
import type { AnweddolServer } from '../../../api/resources.ts';
import { keyOf } from '../../../kube/objects.ts';
import { duration } from '../../text/duration.ts';
import type { Finding, Result } from '../finding.ts';

/** An operator that has not said anything by then does not look at the server. */
const PATIENCE_MS = 60_000;

const LOOK = "Look at the operator's log, and whether it serves this namespace.";

/** Those that may be False without anybody suffering; the others are of a server that does not work. */
const OF_A_LACK = new Set(['PoolReady']);
/** What is as it was asked for. */
const AS_ASKED = new Set(['ScaledToZero']);

export function serverConditions(server: AnweddolServer, now: number): Finding[] {
  const about = keyOf(server.metadata);
  const { conditions = [], observedGeneration } = server.status ?? {};
  const age = now - Date.parse(server.metadata.creationTimestamp ?? '');
  if (conditions.length === 0) return [{ about, ...silence(age) }];
  const bad = conditions.flatMap((condition) => conditionFinding(condition) ?? []);
  const isOld = observedGeneration !== undefined && observedGeneration < (server.metadata.generation ?? 0);
  return [
    ...(isOld ? [{ ...unobserved(observedGeneration, server.metadata.generation), about }] : []),
    ...(server.spec?.paused ? [{ ...PAUSED, about }] : []),
    ...bad.map((finding) => ({ about, ...finding })),
    ...(bad.length === 0 ? [{ ...allGood(conditions), about }] : []),
  ];
}

const PAUSED: Finding = {
  check: 'server-paused',
  result: 'warning',
  found: 'It is paused: the operator changes nothing of it.',
  remedy: 'Set paused to false when that is over.',
};

function silence(age: number): Finding {
  const check = 'server-observed';
  if (age < PATIENCE_MS) return { check, result: 'warning', found: 'It is new, and has no conditions yet.' };
  return { check, result: 'failed', found: `No operator has said anything of it in ${duration(age)}.`, remedy: LOOK };
}

function unobserved(seen: number, generation = 0): Finding {
  const found = `Its conditions are about generation ${seen} of its spec, which is at ${generation}.`;
  return { check: 'server-observed', result: 'warning', found, remedy: `If that lasts: ${LOOK}` };
}

function allGood(conditions: readonly Condition[]): Finding {
  const types = conditions.filter(({ status }) => status === 'True').map(({ type }) => type);
  return { check: 'server-condition', result: 'ok', found: `As they should be are ${types.join(', ')}.` };
}

/** Undefined for a condition that is as it should be. */
function conditionFinding({ type, status, reason, message }: Condition): Finding | undefined {
  // While pods are replaced, or not: both are as they should be.
  if (type === 'Progressing' && status !== 'Unknown') return undefined;
  const entry = entryOf(reason);
  const wanted = type === 'Degraded' ? 'False' : 'True';
  if (status === wanted && (type === 'Degraded' || !warns(reason, entry))) return undefined;
  const found = `${type} is ${status}, ${reason}: ${entry?.means ?? ''} ${message ? `(${message})` : ''}`;
  const remedy = entry ? entry.remedy : 'deploy/reasons.md of the release of the operator explains the reason.';
  const result = resultOf(type, status, wanted, reason);
  return { check: 'server-condition', result, found, reason, ...(remedy && { remedy }) };
}

function resultOf(type: string, status: string, wanted: string, reason: string): Result {
  const isLack = OF_A_LACK.has(type) || AS_ASKED.has(reason) || type === 'Degraded';
  return status === wanted || status === 'Unknown' || isLack ? 'warning' : 'failed';
}

/** Of a condition that holds: something is to be done all the same. */
function warns(reason: string, entry: ReasonEntry | undefined): boolean {
  return reason !== 'KubeVirtVersionUnknown' && entry?.remedy !== undefined;
}

function entryOf(reason: string): ReasonEntry | undefined {
  return Object.hasOwn(REASONS, reason) ? REASONS[reason as keyof typeof REASONS] : undefined;
}
