/** How a process that runs on this machine sees itself as a pod; travels in the environment as JSON. */
export interface PodView {
  /** The loopback address that this pod listens on. */
  listenHost: string;
  /** @see hostAddress */
  shift: boolean;
  /** Paths below these are the program's own or the pod's, and stay what they are. */
  keep: string[];
  mounts: PodMount[];
}

export interface PodMount {
  /** Absolute, without a slash at its end, as the program names it. */
  path: string;
  /** The file or folder on this machine. */
  target: string;
}

export const POD_VIEW_VARIABLE = 'ANWEDDOL_POD_VIEW';
