/**
 * Every reason that stands in a condition or an Event: stable names, for programs to rely on. What each means, and what
 * to do, is made into deploy/reasons.md.
 */

interface ReasonEntry {
  /** One sentence: when it is told. */
  means: string;
  /** One sentence: what helps. Absent: nothing needs to be done. */
  remedy?: string;
}

const entries = <Name extends string>(table: Record<Name, ReasonEntry>): Record<Name, ReasonEntry> => table;

export const SERVER_REASONS = entries({
  Ready: { means: 'Clients can connect.' },
  SpecInvalid: {
    means: 'The stored resource is none that this release of the operator understands.',
    remedy: 'Mend the field that the message names; an older or later release may have stored it.',
  },
  ScaledToZero: { means: 'The server has no pods, as replicas asks for.', remedy: 'Set replicas to 1 or more.' },
  NoPodReady: {
    means: 'No server pod is ready.',
    remedy: 'Look at the pods with kubectl describe; their events say what they wait for.',
  },
  PodsMissing: { means: 'Some server pods are ready, but not as many as replicas asks for.' },
  PodsReady: { means: 'All server pods are ready.' },
  Settled: { means: 'The server pods are as wanted.' },
  RollingOut: { means: 'Server pods are being started or replaced.' },
});

export const ADDRESS_REASONS = entries({
  Assigned: { means: 'The Service has an address.' },
  Waiting: {
    means: 'The Service has no address yet.',
    remedy: 'A Service of type LoadBalancer gets one from the load balancer of the cluster; is there one?',
  },
});

export const PLATFORM_REASONS = entries({
  KubeVirtPresent: { means: 'KubeVirt takes the machines of this server.' },
  KubeVirtAbsent: {
    means: "KubeVirt's virtual machines can't be listed.",
    remedy: 'Install KubeVirt, or give the operator the right to list them.',
  },
  RebootPolicyUnsupported: {
    means: 'KubeVirt can not end a machine that is reset, so it starts anew with its bootstrap user.',
    remedy: 'Use KubeVirt 1.9, or 1.8 with the feature gate RebootPolicy.',
  },
  MachineRefused: {
    means: 'KubeVirt refuses the machines of this server.',
    remedy: 'The message says which field; the check is repeated every minute.',
  },
});

export const ISO_REASONS = entries({
  IsoVerified: { means: 'The ISO has the announced SHA-256.' },
  IsoCheckRunning: { means: 'The SHA-256 of the ISO is being read.' },
  IsoTaken: {
    means: 'This cluster can not read the ISO from its image, so the announced SHA-256 is taken on trust.',
  },
  IsoDigestUnknown: {
    means: 'This cluster can not read the ISO from its image, and no SHA-256 is announced.',
    remedy: 'Set iso.sha256.',
  },
  IsoUnavailable: { means: 'The ISO can not be had.', remedy: 'Mend the image reference, or the way to the registry.' },
  IsoCheckFailed: { means: 'The ISO can not be read.', remedy: 'The message says why; the check is repeated.' },
  IsoDigestMismatch: {
    means: 'The ISO has another SHA-256 than the announced one.',
    remedy: 'Use the right ISO, or announce the right SHA-256 after making sure that it is the right one.',
  },
});

export const KEY_REASONS = entries({
  KeyPresent: { means: 'The RSA key of the server is there.' },
  KeyInvalid: {
    means: 'The Secret that keys.secretName names holds no RSA key that a server can have.',
    remedy: 'Put an RSA private key of 2048 bits or more into it, as PEM under private.pem.',
  },
});

export const CERTIFICATE_REASONS = entries({});

export const POOL_REASONS = entries({});

export const TOKEN_REASONS = entries({});

/** Of Events on containers. */
export const CONTAINER_REASONS = entries({
  Finished: { means: 'The container was destroyed: its system has ended.' },
  StartDeadline: { means: 'The container was destroyed: it was not ready in time.' },
  NeverDelivered: { means: 'The container was destroyed: its client never took the credentials.' },
  Expired: { means: 'The container was destroyed: its lifetime is over.' },
  Malformed: { means: 'The container was destroyed: its deadlines can not be read.' },
});

export const REASONS = {
  ...SERVER_REASONS,
  ...ADDRESS_REASONS,
  ...PLATFORM_REASONS,
  ...ISO_REASONS,
  ...KEY_REASONS,
  ...CERTIFICATE_REASONS,
  ...POOL_REASONS,
  ...TOKEN_REASONS,
  ...CONTAINER_REASONS,
} as const;

export type Reason = keyof typeof REASONS;
