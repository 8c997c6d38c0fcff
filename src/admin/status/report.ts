/** What `anwdl status` tells of a server; as it stands in its JSON. It holds no secret. */

import type { AnweddolServerStatus } from '../../api/anweddol-server-status.ts';
import type { Condition } from '../../api/common-fields.ts';

export interface ServerReport {
  name: string;
  namespace: string;
  phase: string;
  address?: AnweddolServerStatus['address'];
  /** SHA-256, hex. */
  fingerprint?: string;
  /** That some pods still have. */
  previousFingerprint?: string;
  isoSha256?: string;
  warm: { is: number; wanted: number };
  slots: { taken: number; max: number };
  conditions: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>[];
  /** Absent: they could not be looked at; so it is with what follows. */
  pods?: PodReport[];
  containers?: ContainerReport[];
  events?: EventReport[];
  /** What could not be looked at, and why. */
  hidden: string[];
}

export interface PodReport {
  name: string;
  ready: boolean;
  /** Its phase, or what keeps it from running, such as `ImagePullBackOff`. */
  state: string;
  restarts: number;
  node?: string;
  created?: string;
}

export interface ContainerReport {
  name: string;
  /** Its slot: the port on the server's address. */
  port?: number;
  /** `booting`, `warm`, `claimed`, `ready`, or `ending`. */
  state: string;
  /** Of its machine, such as `Running`. */
  phase?: string;
  /** RFC 3339: when it was made, and when it will end. */
  created?: string;
  claimed?: string;
  expires?: string;
  node?: string;
  /** The start of the id that server pods log for its client. */
  client?: string;
}

export interface EventReport {
  /** RFC 3339, of the last time. */
  at: string;
  /** `Normal` or `Warning`. */
  type: string;
  reason: string;
  /** Such as `VirtualMachineInstance/lab-10000`. */
  about: string;
  note: string;
  count: number;
}
