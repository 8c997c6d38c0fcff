/** What the machines that are there show of the platform; pure. */
import type { Reason } from '../../api/reasons.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import { isAboutQuota, isForbidding } from '../../virtualization/kubevirt/platform-error.ts';
import type { PlatformFinding } from './platform-finding.ts';

/**
 * What no dry run tells: the pods that machines run in may be refused, or fail, when the machines themselves were taken.
 * @param known what is known of the platform otherwise; it stands where it is bad already
 */
export function withMachines(known: PlatformFinding, machines: readonly VirtualMachineInstance[]): PlatformFinding {
  if (known.status !== 'True') return known;
  for (const vmi of machines) {
    for (const condition of vmi.status?.conditions ?? []) {
      const reason = condition.status === 'False' ? reasonIn(condition) : undefined;
      if (!reason) continue;
      const { message } = condition;
      const told = `a container can't start: ${message}`.slice(0, 1024);
      return { ...known, status: 'False', reason, message: told };
    }
  }
  return known;
}

function reasonIn({ reason, message = '' }: { reason?: string; message?: string }): Reason | undefined {
  if (isAboutQuota(message)) return 'QuotaExceeded';
  if (reason === 'FailedCreate' && isForbidding(message)) return 'LauncherRefused';
  // What KubeVirt 1.9 puts there is not there where the container runtime mounts no image volumes.
  return message.includes('/container-disk-binary/') ? 'ImageVolumesBroken' : undefined;
}
