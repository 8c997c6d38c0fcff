/** The versions of KubeVirt that can be stood in for: 1.7 knows no `rebootPolicy`. */
export type KubeVirtVersion = '1.7' | '1.9';
