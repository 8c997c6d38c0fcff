/** Of what runs the machines. */
import { entries } from './entries.ts';

export const PLATFORM_REASONS = entries({
  KubeVirtPresent: { means: 'KubeVirt takes the machines of this server; the message says which version.' },
  KubeVirtVersionUnknown: {
    means: 'KubeVirt takes the machines of this server, but the operator may not see which version it is.',
    remedy: 'Nothing needs to be done; to see it, grant the operator to list kubevirts.kubevirt.io in all namespaces.',
  },
  KubeVirtTooOld: {
    means: 'KubeVirt is older than 1.7, the oldest that this release is tested with.',
    remedy: 'Upgrade KubeVirt to 1.7 or later.',
  },
  SoftwareEmulation: {
    means: 'KubeVirt runs machines by software emulation where a node has no KVM, so they boot many times slower.',
    remedy:
      'Raise containers.startTimeoutSeconds, keep warm containers, or use nodes with KVM and take useEmulation out of the KubeVirt resource.',
  },
  KubeVirtAbsent: {
    means: "KubeVirt's virtual machines can't be listed.",
    remedy: 'Install KubeVirt, or give the operator the right to list them.',
  },
  KubeVirtSilent: {
    means: "KubeVirt's admission does not answer, so that no machine can be made now.",
    remedy: 'Look at the pods of virt-api in the namespace of KubeVirt; the check is repeated every minute.',
  },
  RebootPolicyUnsupported: {
    means: 'KubeVirt can not end a machine that is reset, so it starts anew with its bootstrap user.',
    remedy: 'Use KubeVirt 1.9, or 1.8 with the feature gate RebootPolicy.',
  },
  MachineRefused: {
    means: 'The machines of this server are refused, by KubeVirt or by an admission rule of the cluster.',
    remedy: 'The message says which field; the check is repeated every minute.',
  },
  QuotaExceeded: {
    means: 'A ResourceQuota of the namespace leaves no room for another container.',
    remedy:
      'Raise the quota, or lower containers.maxRunning to what fits; where it says "must specify", give the namespace a LimitRange with defaults for that.',
  },
  LauncherRefused: {
    means: 'Pod Security, or another admission rule, refuses the pods that machines run in.',
    remedy:
      'The message says which: let the namespace enforce the Pod Security level that KubeVirt needs (label pod-security.kubernetes.io/enforce), except virt-launcher pods from the rule, or mend containers.priorityClassName.',
  },
  ImageVolumesBroken: {
    means:
      'KubeVirt mounts disks as image volumes, which the container runtime of the node can not do, so that machines fail.',
    remedy:
      'Upgrade the container runtime, or add ImageVolume to spec.configuration.developerConfiguration.disabledFeatureGates of the KubeVirt resource.',
  },
});
