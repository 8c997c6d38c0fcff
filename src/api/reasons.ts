/**
 * Every reason that stands in a condition or an Event: stable names, for programs to rely on. What each means, and what
 * to do, is made into deploy/reasons.md.
 */

export interface ReasonEntry {
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
  ObjectRefused: {
    means:
      'The cluster will not hold an object that the server needs: a quota, an admission rule or the API server refuses it.',
    remedy:
      'Mend what the message names, in the spec or in the cluster; it is tried again at once when the spec changes, else every minute.',
  },
  PodsRefused: {
    means: 'The cluster makes no pods of the Deployment: a quota is used up, or Pod Security refuses them.',
    remedy: 'Raise the quota, or set pod.resources or the labels of the namespace, as the message says.',
  },
  RollingOut: { means: 'Server pods are being started or replaced.' },
});

export const ADDRESS_REASONS = entries({
  Assigned: { means: 'The load balancer has given the Service an address.' },
  NodePortsAssigned: { means: 'Every node answers for the server, on the ports that clients are told.' },
  NodePortsDiffer: {
    means: 'Every node answers for the server, but the SSH ports that clients are told are other ports on the nodes.',
    remedy:
      'Map the ports outside the cluster, or make a server whose listenPort and service.firstSshPort lie within 30000 to 32767.',
  },
  ClusterOnly: {
    means: 'The Service has an address that is reached from within the cluster only, as type ClusterIP asks for.',
  },
  Waiting: { means: 'The Service has no address yet.' },
  LoadBalancerSilent: {
    means: 'The Service of type LoadBalancer has been without an address for 5 minutes.',
    remedy:
      'Look at the events of the Service; install a load balancer (such as MetalLB), mend service.loadBalancerClass, or use service.type NodePort.',
  },
});

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
    remedy: 'Raise the quota, or lower containers.maxRunning to what fits.',
  },
  LauncherRefused: {
    means: 'Pod Security, or another admission rule, refuses the pods that machines run in.',
    remedy:
      'Let the namespace enforce the level that KubeVirt needs (label pod-security.kubernetes.io/enforce), as the message says.',
  },
  ImageVolumesBroken: {
    means:
      'KubeVirt mounts disks as image volumes, which the container runtime of the node can not do, so that machines fail.',
    remedy:
      'Upgrade the container runtime, or add ImageVolume to spec.configuration.developerConfiguration.disabledFeatureGates of the KubeVirt resource.',
  },
});

export const ISO_REASONS = entries({
  IsoVerified: { means: 'The ISO has the announced SHA-256.' },
  IsoCheckRunning: { means: 'The SHA-256 of the ISO is being read.' },
  IsoDownloading: { means: 'The ISO is being downloaded; the message says how far it is.' },
  IsoDownloadFailed: {
    means: 'The ISO could not be downloaded, or has another SHA-256 than the announced one.',
    remedy:
      'The message is that of the Containerized Data Importer; mend iso.http or what is behind it, then delete the DataVolume for another try.',
  },
  IsoVolumeTaken: {
    means: 'A DataVolume of the name that the download needs is there, and not of this server.',
    remedy: 'Delete that DataVolume, or change iso.http.',
  },
  CdiAbsent: {
    means: 'iso.http needs the Containerized Data Importer, which is not installed.',
    remedy: 'Install CDI 1.65 or later, or use iso.image or iso.persistentVolumeClaim.',
  },
  IsoClaimMissing: {
    means: 'The claim that holds the ISO is not there.',
    remedy:
      'Create it in the namespace of the server, with the ISO in it as disk.img, or mend iso.persistentVolumeClaim.',
  },
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
  KeyOnetime: { means: 'Each server pod makes a key of its own at its start, as keys.onetime asks for.' },
  KeyPending: { means: 'The RSA key of the server is being made.' },
  KeyRotating: {
    means: 'Server pods are being given another key; both fingerprints are in the status until all have it.',
  },
  KeyMissing: {
    means: 'The Secret that keys.secretName names is missing; server pods that run keep the key that they have.',
    remedy: 'Create it with an RSA private key as PEM under private.pem, or remove keys.secretName.',
  },
  KeyInvalid: {
    means: 'The Secret of the key holds no RSA key that a server can have; server pods that run keep theirs.',
    remedy:
      'Put an RSA private key of 2048 to 4096 bits into your Secret, as PEM under private.pem; where the operator made the Secret, count up keys.rotation.',
  },
});

export const CERTIFICATE_REASONS = entries({
  CertificatesPresent: { means: 'The certificates of the server are there.' },
  CertificatePending: { means: 'A certificate of the server is being made.' },
  CertificateLeftover: {
    means: 'A certificate that is not asked for any more is deleted once no server pod has it.',
  },
  CertificateExpiring: {
    means: 'A certificate of yours expires in less than 14 days.',
    remedy: 'Put its successor into the Secret that the message names; server pods take it without a restart.',
  },
  CertificateExpired: {
    means: 'A certificate has expired; clients that verify it refuse to connect.',
    remedy: 'Put a valid one into the Secret that the message names; server pods take it without a restart.',
  },
  CertificateMissing: {
    means: 'The Secret that secretName names is missing; server pods that run keep the certificate that they have.',
    remedy: 'Create it as a Secret of type kubernetes.io/tls, or remove secretName for a self-signed certificate.',
  },
  CertificateInvalid: {
    means: 'A Secret holds no certificate that a server can show; server pods that run keep the one that they have.',
    remedy: 'The message names the Secret and what is wrong; put a chain and its key there, as tls.crt and tls.key.',
  },
  CertificateNotReady: {
    means: 'cert-manager has not issued the certificate yet.',
    remedy: 'If that lasts, look at the Certificate and its CertificateRequest with kubectl describe.',
  },
  CertManagerAbsent: {
    means: 'issuerRef asks for a certificate of cert-manager, which is not installed.',
    remedy: 'Install cert-manager, or remove issuerRef, or name a Secret of your own in secretName.',
  },
});

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

export const TOKEN_REASONS = entries({
  TokenUsable: { means: 'The server takes the token.' },
  TokenNotRequired: {
    means: 'The server lets everybody in, with and without a token.',
    remedy: 'Set accessTokens.required of the server, if only bearers of tokens are to be served.',
  },
  TokenDisabled: { means: 'The token is refused, as enabled is false.', remedy: 'Set enabled to true.' },
  TokenExpired: {
    means: 'The token is refused, as its time is over.',
    remedy: 'Set a later expiresAt, or delete the token and make another.',
  },
  ServerMissing: {
    means: 'There is no server of the name that the token is for.',
    remedy: 'Make the AnweddolServer, or delete the token and make one for another server.',
  },
  TokenSecretTaken: {
    means: 'A Secret of the name that the token is to be handed over in is there, and not of this token.',
    remedy: 'Delete that Secret, or give the token another name.',
  },
  TokenSecretRefused: {
    means: 'The cluster will not hold the Secret of the token.',
    remedy: 'Mend what the message names, such as a quota; it is tried again every minute.',
  },
  TokenSecretLost: {
    means: 'The token was made, but neither the status nor the Secret has it any more.',
    remedy: 'Delete the AnweddolAccessToken and make another.',
  },
  TokenLeftOut: {
    means: 'The server has more tokens than its list can hold, and this one is not in it.',
    remedy: 'Delete tokens that nobody needs any more, or make a second server.',
  },
  /** Of an Event on a server. */
  TokenListTaken: {
    means: 'A Secret of the name of the list of access tokens is there, and not of this server.',
    remedy: 'Delete that Secret.',
  },
});

/** Of Events on containers. */
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
  ...CREATE_REASONS,
} as const;

export type Reason = keyof typeof REASONS;
