/** One behaviour of a Kubernetes API server that something of ours, kubectl or helm relies on. */
import type { ApiCaller } from './api-caller.ts';

export interface World {
  /** A namespace of the behaviour's own, with its `default` ServiceAccount there; deleted afterwards. */
  namespace: string;
  /** Ten characters that no other behaviour has: for names of cluster-wide objects. */
  unique: string;
  /** May do everything. */
  admin: ApiCaller;
  /** Calls with another bearer token. */
  as(token: string): ApiCaller;
  /** Runs the check until it no longer throws; after 15 s, or the time given, it throws what the check threw last. */
  eventually<T>(check: () => Promise<T>, patienceMs?: number): Promise<T>;
  /** Runs at the end of the behaviour, however it ends, last registered first: for cluster-wide objects. */
  cleanUp(undo: () => Promise<unknown>): void;
  signal: AbortSignal;
}

export interface Behaviour {
  /** A sentence: what the API server does. Unique. */
  name: string;
  run(world: World): Promise<void>;
}

/** The title of a group of behaviours, and its behaviours. */
export interface Chapter {
  title: string;
  behaviours: Behaviour[];
}

export function chapter(title: string, behaviours: Record<string, Behaviour['run']>): Chapter {
  return { title, behaviours: Object.entries(behaviours).map(([name, run]) => ({ name, run })) };
}
