import type { LogBuffer } from './node/log-buffer.ts';

/** The API server of a cluster with its controllers and KubeVirt's, whatever they are made of. */
export interface ControlPlane {
  /** Such as `https://127.0.0.1:41234`. */
  url: string;
  /** PEM. */
  caCertificate: string;
  /** Bearer token of a member of `system:masters`. */
  adminToken: string;
  /** YAML, for the administrator. */
  kubeconfig(): string;
  /** Says where `kubectl logs` finds what pods wrote; absent where it can't be told. */
  takeLogsFrom?(logs: (pod: { uid: string }, container?: string) => LogBuffer | undefined): void;
  /** Ends every part of it. */
  close(): Promise<void>;
}
