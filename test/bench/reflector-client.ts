/** A process of `reflector.ts`: does one task with a store of pods and sends what it cost. Run with `--expose-gc`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createKubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import { Pod } from '../../src/kube/resources.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { watched } from '../../src/kube/watched.ts';
import { createLog } from '../../src/observability/log.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { BUSY_EVENTS, type Task } from './reflector-pods.ts';

export interface Cost {
  /** Resident, beyond what the process had with the client loaded; both after the garbage is collected. */
  bytes: number;
  ms: number;
  /** The longest that the event loop was kept from its timers, in this thread's time: what others do doesn't count. */
  stallMs: number;
}

const [task, server] = process.argv.slice(2) as [Task, string];
const config = loadKubeConfig({
  kubeconfig: JSON.stringify({
    clusters: [{ name: 'bench', cluster: { server } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: '' } }],
    'current-context': 'bench',
  }),
});
const kube = createKubeClient(createTransport(config, { clock }));
// One request, so that what it loads counts as the bare process too.
await kube.list(Pod, { namespace: 'busy' });

const bareBytes = await resident();
let stallMs = 0;
let usedMs = threadMs();
const timer = setInterval(() => {
  const now = threadMs();
  stallMs = Math.max(stallMs, now - usedMs);
  usedMs = now;
}, 1);
const started = performance.now();
const log = createLog('bench', 'silent');
const store = watched(kube, Pod, { namespace: task }, { clock, log, signal: new AbortController().signal });
await (task === 'many' ? store.synced() : allEvents());
const ms = performance.now() - started;
// The turn that was late is counted when it comes.
await sleep(20);
clearInterval(timer);

process.send?.({ bytes: (await resident()) - bareBytes, ms, stallMs } satisfies Cost);
if (store.list().length === 0) throw new Error('the store is empty');
process.once('disconnect', () => process.exit());

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function resident(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await sleep(50);
  }
  return process.memoryUsage.rss();
}

function allEvents(): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    store.onChange(() => {
      seen += 1;
      if (seen === BUSY_EVENTS) resolve();
    });
  });
}
