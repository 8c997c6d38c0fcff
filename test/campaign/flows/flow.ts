import type * as z from 'zod';
import type { AnweddolServerSpec } from '../../../src/api/anweddol-server.ts';
import { ISO_IMAGE } from '../ground/ground.ts';
import type { Scene } from '../ground/scene.ts';
import type { PointMoment } from './points.ts';

export type Spec = Partial<z.input<typeof AnweddolServerSpec>>;

/** Something that people or clients do with a server, in which everybody else may crash. */
export interface Flow {
  name: string;
  /** Of the server that there is before; absent: there is none. */
  spec?: Spec;
  /** Whether it needs CDI or cert-manager. Default: no. */
  needsNeighbours?: boolean;
  /** More than one elect a leader. Default 1. */
  operators?: number;
  /** How much later than others it may be over, in milliseconds: deadlines that have to pass. Default 0. */
  slackMs?: number;
  /** After the server is as it should be: what else is to be there. No process is crashed meanwhile. */
  prepare?(scene: Scene): Promise<void>;
  /** What processes are crashed in. Resolves when nothing more is done; the cluster may take longer. */
  act(scene: Scene): Promise<void>;
  /** Whether `act` came to what it is for, as it must when nobody crashes. Default: it did. */
  hasSucceeded?(scene: Scene): boolean;
  /** Whether what was begun seems to be over. Default: the server is as its resource says. */
  isOver?(scene: Scene): boolean;
  /** What must be possible afterwards; no process is crashed meanwhile. */
  verify?(scene: Scene): Promise<void>;
  /** Points of `act` that are no writes of ours. */
  points?: { point: string; moments: readonly PointMoment[] }[];
  /** Whether it is one change of the spec, which is looked at and done with at once. */
  isEdit?: boolean;
  /** Whether two crashes are tried as well. */
  pairs?: boolean;
  /** Kinds of which there may be more or fewer than in a clean run, as an attempt that failed leads to another. */
  uncounted?: readonly string[];
}

/** Small, quick, and with everything that takes time cut short. */
export const BASE: Spec = {
  replicas: 1,
  clientTimeoutSeconds: 2,
  iso: { image: ISO_IMAGE },
  keys: { bits: 2048 },
  containers: { maxRunning: 2, memory: '64Mi', startTimeoutSeconds: 10, maxLifetimeSeconds: 600 },
};

/** Without server pods, which cost most of the time of a run. */
export const PODLESS: Spec = { ...BASE, replicas: 0 };
