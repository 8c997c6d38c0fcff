/** Of containers, warm ones and those of clients. */
import { entries } from './entries.ts';

export const POOL_REASONS = entries({
  PoolFull: { means: 'As many containers are warm as are wanted.' },
  PoolLimited: { means: 'Fewer containers are warm than are wanted, as clients have the other slots.' },
  PoolFilling: { means: 'Warm containers are being booted.' },
  PoolWaiting: {
    means: 'No warm container can be booted yet: the platform, the ISO or what keeps containers apart is not there.',
    remedy: 'Look at the conditions PlatformReady, IsoReady and Ready.',
  },
  PoolUnschedulable: {
    means: 'No node has room for a warm container. It is kept waiting, and is not counted as a failure.',
    remedy: 'Add nodes or free some, lower containers.warm or containers.memory, or mend containers.nodeSelector.',
  },
  PoolQuotaExceeded: {
    means: 'A ResourceQuota of the namespace leaves no room for a warm container.',
    remedy: 'Raise the quota, or lower containers.warm or containers.memory.',
  },
  PoolLauncherRefused: {
    means: 'The cluster refuses the pod that a warm container runs in.',
    remedy:
      'The message says which admission rule does; most often the namespace enforces a Pod Security level that is too strict for KubeVirt.',
  },
  PoolMachineRefused: {
    means: 'The cluster refuses the machine of a warm container.',
    remedy: 'The message says why; it is tried again every minute.',
  },
  PoolBootsFail: {
    means: 'Warm containers failed to boot three times or more in a row, so that only one is tried from time to time.',
    remedy:
      'The message says how the last one failed; a change of the spec or of the ISO makes the next try come at once.',
  },
});

/** Of Events on containers: the story of each. */
export const STORY_REASONS = entries({
  Booting: { means: 'A machine is booted ahead of demand.' },
  Warm: { means: 'The machine is up and its SSH server answers: it waits for a client.' },
  Claimed: { means: 'A client has asked for a container, and this one is for it.' },
  SetUp: { means: 'The container is set up: its credentials are in its Secret, and clients can reach its SSH server.' },
  Delivered: { means: 'The client has taken the credentials.' },
  Destroyed: { means: 'The container was destroyed, as its client asked for.' },
  Undelivered: { means: 'The container was destroyed: its client left, or it could not be set up.' },
});

/** Of Events on containers: why the operator ends them. */
export const CONTAINER_REASONS = entries({
  Finished: { means: 'The container was destroyed: its system has ended.' },
  StartDeadline: { means: 'The container was destroyed: it was not ready in time.' },
  NeverDelivered: { means: 'The container was destroyed: its client never took the credentials.' },
  Expired: { means: 'The container was destroyed: its lifetime is over.' },
  Malformed: { means: 'The container was destroyed: its deadlines can not be read.' },
  NodeLost: {
    means: 'The container was destroyed: its node does not answer any more.',
    remedy: 'Look at the node, and at virt-handler on it.',
  },
  Orphaned: {
    means: 'The container was destroyed: its server is gone.',
    remedy: 'Nothing needs to be done; where it comes often, the garbage collection of the cluster does not work.',
  },
  ImagePullFailed: {
    means: 'The container was destroyed: the image with its ISO can not be pulled.',
    remedy: 'Mend the image reference, the pull secret, or the way to the registry.',
  },
  Unready: { means: 'The container was destroyed: it was warm, and its SSH server ceased to answer.' },
  Surplus: { means: 'The container was destroyed: it was warm, and fewer are wanted now.' },
  Outdated: { means: 'The container was destroyed: it was warm, and another kind of machine is wanted now.' },
  StuckTerminating: {
    means: 'The container was to be destroyed minutes ago and is still there, with its slot.',
    remedy: 'The message says what it waits for; look at virt-controller, and at virt-handler on its node.',
  },
});

/** Of Events on servers: why a client got no container. The others of them are in the sections above. */
export const CREATE_REASONS = entries({
  NoFreeSlot: {
    means: 'A client got no container: all that may run at a time are in use.',
    remedy: 'Raise containers.maxRunning, or lower containers.maxLifetimeSeconds.',
  },
  Unschedulable: {
    means: 'A client got no container: no node had room for its machine in time.',
    remedy: 'Add nodes or free some, lower containers.memory, or mend containers.nodeSelector.',
  },
  StartFailed: {
    means: 'A container failed: its machine ended or went away while it was started, or the platform did not answer.',
    remedy: 'The message says which; look at virt-controller, and at virt-handler on the node of the machine.',
  },
  StartTimeout: {
    means: 'A container was not ready in time.',
    remedy:
      'Raise containers.startTimeoutSeconds where machines boot slowly; otherwise look at the console of a machine, and whether server pods may reach its SSH port.',
  },
  EndpointShellFailed: {
    means: 'A container ran, but its bootstrap user could not log in or set it up.',
    remedy: 'Set containers.endpoint to what the ISO has, or use an ISO whose setup script works.',
  },
});
