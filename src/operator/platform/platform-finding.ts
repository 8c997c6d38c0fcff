/** What is known of the platform that runs the machines; pure. */
import type { AnweddolServerSpec } from '../../api/anweddol-server.ts';
import type { Finding } from '../conditions.ts';

type RebootPolicy = AnweddolServerSpec['containers']['rebootPolicy'];

/** `rebootPolicy` is what machines are made with; absent while no machine can be made. */
export interface PlatformFinding extends Finding {
  rebootPolicy?: RebootPolicy;
}

export function platformAbsent(): PlatformFinding {
  return {
    status: 'False',
    reason: 'KubeVirtAbsent',
    message: "KubeVirt's virtual machines can't be listed; is it installed?",
  };
}

/** The platform would take a machine of this server. */
export function platformTakes(rebootPolicy: RebootPolicy): PlatformFinding {
  return {
    status: 'True',
    reason: 'KubeVirtPresent',
    message: 'KubeVirt takes the machines of this server',
    rebootPolicy,
  };
}

/** It would, but not with the end of a machine that is reset. */
export function platformReboots(): PlatformFinding {
  const message =
    'this KubeVirt does not know rebootPolicy: a machine whose system is reset by force starts anew, with its bootstrap user, instead of ending; KubeVirt 1.9 ends it (1.8 with the feature gate RebootPolicy)';
  return { status: 'True', reason: 'RebootPolicyUnsupported', message, rebootPolicy: 'Reboot' };
}

export function platformRefuses(why: string): PlatformFinding {
  return { status: 'False', reason: 'MachineRefused', message: `KubeVirt refuses its machines: ${why}`.slice(0, 1024) };
}

/** Whether a machine was refused for its reboot policy: an unknown field, or one whose feature gate is closed. */
export function isAboutRebootPolicy(message: string): boolean {
  return /rebootPolicy/i.test(message);
}
