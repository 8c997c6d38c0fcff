import type { LeaseLock, LeaseRecord } from '../runtime/leader/lease-lock.ts';
import type { KubeClient } from './client.ts';
import { isConflict, isNotFound } from './errors.ts';
import { microTime } from './micro-time.ts';
import { keyOf, type ObjectName } from './objects.ts';
import { Lease } from './resources.ts';

/**
 * A lock on a `coordination.k8s.io/v1` Lease. Writes carry the resourceVersion that was read, so that the API server
 * refuses the slower of two. Needs the verbs get, create and patch.
 */
export function leaseLock(kube: KubeClient, name: ObjectName): LeaseLock {
  return {
    name: keyOf(name),

    async read(signal) {
      const lease = await kube.get(Lease, name, { signal });
      return lease && { record: recordOf(lease), version: versionOf(lease) };
    },

    async create(record, signal) {
      const metadata = { name: name.name, ...(name.namespace && { namespace: name.namespace }) };
      const lease: Lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: specOf(record) };
      return kube.create(Lease, lease, { signal }).then(versionOf, lostRace);
    },

    async update(record, version, signal) {
      const patch = { metadata: { resourceVersion: version }, spec: specOf(record) };
      return kube.mergePatch(Lease, name, patch, { signal }).then(versionOf, lostRace);
    },
  };
}

/** Written, created or deleted by somebody else since. */
function lostRace(error: unknown): undefined {
  if (!isConflict(error) && !isNotFound(error)) throw error;
}

/** Without one a write would overwrite whatever is there. */
function versionOf({ metadata }: Lease): string {
  if (!metadata.resourceVersion) throw new TypeError(`Lease ${metadata.name} came without its resourceVersion`);
  return metadata.resourceVersion;
}

function specOf(record: LeaseRecord): NonNullable<Lease['spec']> {
  return {
    holderIdentity: record.holder,
    // Others may wait longer than asked for, never shorter.
    leaseDurationSeconds: Math.max(1, Math.ceil(record.durationMs / 1000)),
    acquireTime: microTime(record.acquiredAt),
    renewTime: microTime(record.renewedAt),
    leaseTransitions: record.transitions,
  };
}

/** What somebody else wrote may lack anything. */
function recordOf({ spec = {} }: Lease): LeaseRecord {
  return {
    holder: spec.holderIdentity ?? '',
    durationMs: (spec.leaseDurationSeconds ?? 15) * 1000,
    acquiredAt: millis(spec.acquireTime),
    renewedAt: millis(spec.renewTime),
    transitions: spec.leaseTransitions ?? 0,
  };
}

function millis(time: string | undefined): number {
  return Date.parse(time ?? '') || 0;
}
