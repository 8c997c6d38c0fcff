/** The names are stable, for scripts to rely on. */
export type CheckName =
  | 'api-server'
  | 'crd-served'
  | 'crd-schema'
  | 'operator-deployment'
  | 'operator-image'
  | 'operator-lease'
  | 'operator-rights'
  | 'kubevirt-installed'
  | 'kubevirt-version'
  | 'kubevirt-reboot-policy'
  | 'kubevirt-image-volume'
  | 'nodes-schedulable'
  | 'nodes-kvm'
  | 'network-plugin'
  | 'server-pod-policies'
  | 'servers'
  | 'server-condition'
  | 'server-observed'
  | 'server-paused'
  | 'server-address'
  | 'server-dial'
  | 'server-policies'
  | 'server-iso'
  | 'server-key'
  | 'server-certificate'
  | 'containers'
  | 'containers-overdue'
  | 'containers-terminating'
  | 'containers-orphaned'
  | 'slices-orphaned'
  | 'disruption-budget'
  | 'resource-quota';

/** `unknown`: it could not be looked at, which is neither good nor bad. */
export type Result = 'ok' | 'warning' | 'failed' | 'unknown';

/** What one check says of one thing. Its texts may hold what others wrote: they are made harmless when they are shown. */
export interface Finding {
  check: CheckName;
  result: Result;
  /** Such as `namespace/name`; absent: the cluster. */
  about?: string;
  /** One sentence. */
  found: string;
  /** One sentence; absent where nothing needs to be done. */
  remedy?: string;
  /** Of a condition. */
  reason?: string;
}

export type Check<F> = (facts: F) => Finding[];

export function isFailure({ result }: Finding): boolean {
  return result === 'failed';
}

export function tally(findings: readonly Finding[]): Record<Result, number> {
  const count = { ok: 0, warning: 0, failed: 0, unknown: 0 };
  for (const { result } of findings) count[result] += 1;
  return count;
}
