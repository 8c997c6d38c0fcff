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
  /** In every run, in the order of the first one. */
  writes: string[];
  /** In some runs only: whether they come up in another one is to be tried. */
  unstable: string[];
}

/** A Lease is renewed for as long as somebody holds it, each time in the same way. */
export function isLaterRenewal(write: string): boolean {
  return write.includes('=renewed#') && !write.endsWith('=renewed#1');
}

/** What is written in the runs of a flow. */
export function learnWrites(runs: readonly string[][]): Learned {
  const [first = [], ...others] = runs;
  const inAll = (write: string) => others.every((run) => run.includes(write));
  const all = new Set(runs.flat());
  const writes = first.filter(inAll);
  return { writes, unstable: [...all].filter((write) => !writes.includes(write)) };
}
