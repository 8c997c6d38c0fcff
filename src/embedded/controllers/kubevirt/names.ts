/** The names that KubeVirt's parts and its users know each other by. */

export const FINALIZER = 'kubevirt.io/foregroundDeleteVirtualMachine';
export const LABEL_CREATED_BY = 'kubevirt.io/created-by';
export const LABEL_NODE = 'kubevirt.io/nodeName';
/** The condition of a launcher pod that virt-controller writes. */
export const READINESS_GATE = 'kubevirt.io/virtual-machine-unpaused';
export const LAUNCHER_IMAGE = 'quay.io/kubevirt/virt-launcher:v1.7.0';

/** The annotations by which virt-controller says that it has seen a machine. */
export const OBSERVED_VERSION = {
  'kubevirt.io/latest-observed-api-version': 'v1',
  'kubevirt.io/storage-observed-api-version': 'v1',
};

/** Who may write a machine's spec and status. */
export const KUBEVIRT_USERS: ReadonlySet<string> = new Set(
  ['apiserver', 'controller', 'handler'].map((part) => `system:serviceaccount:kubevirt:kubevirt-${part}`),
);

/** Labels that only KubeVirt itself may set. */
export const RESERVED_LABELS = [
  'kubevirt.io/created-by',
  'kubevirt.io/migrationJobUID',
  'kubevirt.io/nodeName',
  'kubevirt.io/migrationTargetNodeName',
  'kubevirt.io/schedulable',
  'kubevirt.io/install-strategy',
];
