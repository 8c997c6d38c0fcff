import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenCall } from '../../support/misbehaving-proxy/fault.ts';
import { MisbehavingProxy } from '../../support/misbehaving-proxy/proxy.ts';
import type { Ground } from './ground.ts';

/** Between the operator and the API server: passes everything on, and remembers what was asked. */
export class Recorder implements AsyncDisposable {
  readonly #proxy: MisbehavingProxy;

  private constructor(proxy: MisbehavingProxy) {
    this.#proxy = proxy;
  }

  static async start({ controlPlane }: Ground): Promise<Recorder> {
    return new Recorder(await MisbehavingProxy.start(controlPlane));
  }

  get url(): string {
    return this.#proxy.url;
  }

  /** Forgets what was asked until now. */
  clear(): void {
    this.#proxy.calls.length = 0;
  }

  /** What was asked since, but for the lease, and the watches that are opened again now and then. */
  get calls(): SeenCall[] {
    return this.#proxy.calls.filter(({ path, verb }) => verb !== 'watch' && !path.includes('/leases'));
  }

  get writes(): SeenCall[] {
    return this.calls.filter(({ verb, query }) => verb === 'write' && !query.has('dryRun'));
  }

  /** Resolves when anything has been asked for. */
  begun(): Promise<void> {
    return this.#proxy.until(() => this.calls.length > 0);
  }

  /** Resolves when nothing has been asked for so long. @throws Error when that takes longer than the patience */
  async quiet(quietMs: number, patienceMs: number): Promise<void> {
    const began = performance.now();
    let count = -1;
    let since = began;
    while (performance.now() - since < quietMs) {
      if (performance.now() - began > patienceMs) throw new Error('the operator does not come to rest');
      if (this.calls.length !== count) [count, since] = [this.calls.length, performance.now()];
      await sleep(100);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#proxy.close();
  }
}

/** What was asked for, such as `PATCH anweddolservers/*\/status`, and how often. */
export function told(calls: readonly SeenCall[]): string {
  const counts = new Map<string, number>();
  for (const { method, path } of calls) {
    const what = `${method} ${path.replace(/^\/apis?\/(?:[^/]+\/)?v[^/]+\/(?:namespaces\/[^/]+\/)?/, '').replace(/\/[^/]+/, '/*')}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => (count > 1 ? `${count} × ${what}` : what)).join(', ') || 'none';
}
