import type { Pod } from '../../kube/resources.ts';
import type { LogBuffer } from './log-buffer.ts';

/** A pod that is bound to this node, as the node sees it. */
export interface Tenant {
  /** The pod object changed. */
  update(pod: Pod): void;
  /** Ends everything that runs, within the grace at most; resolves when nothing runs and the status is written. */
  end(graceSeconds: number): Promise<void>;
  /** What a container wrote; the first container's where no name is given. */
  log(container?: string, previous?: boolean): LogBuffer | undefined;
}
