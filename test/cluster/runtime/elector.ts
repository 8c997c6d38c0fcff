/**
 * A program that elects: it prints a line of JSON for everything that happens to it, and while it leads it counts up in a
 * ConfigMap of its own. It is stubborn: after it lost the lease it goes on trying to write.
 */
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { leaseLock } from '../../../src/kube/lease-lock.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { ConfigMap } from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { lead } from '../../../src/runtime/leader/lead.ts';
import { type Leadership, LeadershipLost } from '../../../src/runtime/leader/leadership.ts';
import type { Log } from '../../../src/runtime/log.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';

export interface ElectorSettings {
  /** JSON. */
  kubeconfig: string;
  namespace: string;
  lease: string;
  /** Its name, and that of its ConfigMap. */
  identity: string;
  /** Default: those of `lead`. */
  times?: { leaseDurationMs: number; renewDeadlineMs: number; retryMs: number };
}

const WRITE_EVERY_MS = 50;

const settings: ElectorSettings = JSON.parse(process.env.ELECTOR ?? '');
const { namespace, identity, lease } = settings;
const say = (event: string): boolean => process.stdout.write(`${JSON.stringify({ event, at: Date.now() })}\n`);
const log: Log = {
  debug: () => undefined,
  info: (_, message) => say(message),
  warn: (_, message) => say(message),
  error: (_, message) => say(message),
};
const stopper = new AbortController();
process.once('SIGTERM', () => stopper.abort());

const config = loadKubeConfig({ kubeconfig: settings.kubeconfig });
let leadership: Leadership | undefined;
const elections = createTransport(config, { clock, rateLimit: false });
const writes = createTransport(config, { clock, beforeWrite: () => leadership?.assertLeading() });
const kube = createKubeClient(writes);

async function write(): Promise<void> {
  for (let count = 1; !stopper.signal.aborted; count += 1) {
    try {
      leadership?.assertLeading();
      await kube.mergePatch(ConfigMap, { namespace, name: identity }, { data: { count: String(count) } });
      say('wrote');
    } catch {
      say('refused');
    }
    await clock.sleep(WRITE_EVERY_MS, stopper.signal).catch(() => undefined);
  }
}

try {
  const lock = leaseLock(createKubeClient(elections), { namespace, name: lease });
  await lead({ lock, identity, clock, log, signal: stopper.signal, ...settings.times }, async (gained) => {
    leadership = gained;
    await write();
  });
} catch (error) {
  if (!(error instanceof LeadershipLost)) throw error;
  process.exitCode = 1;
} finally {
  await elections.close();
  await writes.close();
}
