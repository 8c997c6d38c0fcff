/** The names that KubeVirt's parts and its users know each other by. */

export const FINALIZER = 'kubevirt.io/foregroundDeleteVirtualMachine';
export const LABEL_CREATED_BY = 'kubevirt.io/created-by';
export const LABEL_NODE = 'kubevirt.io/nodeName';

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
