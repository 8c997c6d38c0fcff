import type { ApiWrite } from '../../support/crash-proxy/crossing.ts';

/** Who wrote what. */
export interface Author {
  who: 'operator' | 'server';
}

/** The same in every run, but for how often: `operator/patch/apps/deployments/lab`. */
export function writeKey({ who }: Author, { verb, resource, name }: ApiWrite): string {
  return [who, verb, resource.replace(/^\//, ''), name].join('/');
}

/** Numbers the writes of a run, each kind by itself: `…#1`, `…#2`. */
export class WriteCounter {
  readonly #counts = new Map<string, number>();

  next(key: string): string {
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return `${key}#${count}`;
  }
}

export interface Learned {
  /** In the order of the first run. */
  writes: string[];
  /** In one run only, so nothing can be planned on them. */
  unstable: string[];
}

/** What is written in every run of a flow. */
export function learnWrites(runs: readonly string[][]): Learned {
  const [first = [], ...others] = runs;
  const inAll = (write: string) => others.every((run) => run.includes(write));
  const all = new Set(runs.flat());
  const writes = first.filter(inAll);
  return { writes, unstable: [...all].filter((write) => !writes.includes(write)) };
}
