import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Condition } from '../../src/api/common-fields.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { kindOf, type Promised, type Sample } from './sample-files.ts';

const POLL_MS = 50;

/** Waits until each promise holds. @throws AssertionError with the conditions that there are, when the signal aborts first */
export async function untilPromised(
  { objects }: Pick<Sample, 'objects'>,
  promises: Promised[],
  { kube, namespace, signal }: { kube: KubeClient; namespace: string; signal: AbortSignal },
): Promise<void> {
  for (const { kind, name, type, status, reason } of promises) {
    const object = objects.find((one) => one.kind === kind && one.metadata.name === name);
    assert.ok(object);
    let found: Condition[] = [];
    const holds = () => found.some((one) => one.type === type && one.status === status && one.reason === reason);
    while (!holds()) {
      if (signal.aborted) assert.fail(`${kind}/${name} has not ${type}=${status} ${reason}, but ${told(found)}`);
      const stored = await kube.get(kindOf(object), { namespace, name });
      found = (stored as { status?: { conditions?: Condition[] } } | undefined)?.status?.conditions ?? [];
      if (!holds()) await sleep(POLL_MS);
    }
  }
}

const told = (conditions: Condition[]) =>
  conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`).join('; ') ||
  'no condition';
