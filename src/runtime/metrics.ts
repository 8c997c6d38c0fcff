/** What the runtime tells about itself; whoever wires a program decides where it goes. Durations are in seconds. */

export interface QueueMetrics {
  /** Keys that wait for a worker, after each change. */
  depth(queue: string, depth: number): void;
  added(queue: string): void;
  /** A key is to be tried again after a failure. */
  retried(queue: string): void;
  /** How long a key waited before a worker took it. */
  waited(queue: string, seconds: number): void;
  /** How long a worker had a key. */
  worked(queue: string, seconds: number): void;
  /** A queue that can be asked, when metrics are read, how long the keys have been with their workers. */
  observe(queue: string, ages: () => number[]): void;
}

/** How a reconcile ended: as its outcome says, with an error that is retried or not, or beyond its deadline. */
export type ReconcileResult = 'success' | 'requeue_after' | 'error' | 'terminal' | 'timeout';

export interface ControllerMetrics {
  workers(controller: string, count: number): void;
  /** How many workers are at work, after each change. */
  active(controller: string, count: number): void;
  reconciled(controller: string, result: ReconcileResult, seconds: number): void;
}

export interface LeaderMetrics {
  leading(lease: string, isLeader: boolean): void;
  /** A renewal needed more than one request. */
  slowPath(lease: string): void;
}
