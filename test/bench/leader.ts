/**
 * `CONTROL_PLANE=… node test/bench/leader.ts`: against a real API server, with the lease's usual times, how long it takes
 * until another process leads after the leader was killed and after it was told to stop, and how many writes a leader does
 * that was frozen for a minute. Prints each number with its limit; exit code 1 past one. Takes about three minutes.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import { ConfigMap, Namespace } from '../../src/kube/resources.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { kubeconfigOf } from '../cluster/kube/subjects.ts';
import { Elector } from '../cluster/runtime/start-elector.ts';
import { real } from '../conformance/subject.ts';

const KILLS = 3;
const STOPS = 5;
const FROZEN_MS = 60_000;
/** How long the frozen leader gets to do harm when it runs on. */
const THAWED_MS = 10_000;
const LIMITS = { killedSeconds: 20, stoppedSeconds: 2, writesAfterFreeze: 0 };

const subject = await real();
const kubeconfig = kubeconfigOf(subject, { token: subject.adminToken });
const transport = createTransport(loadKubeConfig({ kubeconfig }), { clock });
const kube = createKubeClient(transport);
const namespace = `bench-leader-${randomBytes(4).toString('hex')}`;

async function start(lease: string, identity: string, event: string): Promise<Elector> {
  const metadata = { namespace, name: identity };
  await kube.create(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { count: '0' } });
  const elector = new Elector({ kubeconfig, namespace, lease, identity });
  await elector.line(event);
  return elector;
}

/** Seconds from the signal to the first line of the next leader. */
async function takeover(lease: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<number> {
  await using a = await start(lease, `${lease}-a`, 'leading');
  await using b = await start(lease, `${lease}-b`, 'waiting for the lease');
  // Anywhere between two renewals.
  await sleep(Math.random() * 4_000);
  const at = Date.now();
  a.signal(signal);
  return ((await b.line('leading')).at - at) / 1000;
}

async function writesOf({ identity }: Elector): Promise<number> {
  return Number((await kube.get(ConfigMap, { namespace, name: identity }))?.data?.count);
}

async function writesAfterFreeze(): Promise<{ before: number; after: number; refused: number }> {
  await using a = await start('frozen', 'frozen-a', 'leading');
  await using b = await start('frozen', 'frozen-b', 'waiting for the lease');
  await a.line('wrote', 20);
  a.signal('SIGSTOP');
  await sleep(FROZEN_MS);
  await b.line('leading');
  const before = await writesOf(a);
  a.signal('SIGCONT');
  await a.line('refused', 20);
  await sleep(THAWED_MS);
  return { before, after: (await writesOf(a)) - before, refused: a.count('refused') };
}

function print(name: string, values: number[], limit: number, unit: string): void {
  const isGood = values.every((value) => value <= limit);
  const shown = values.map((value) => value.toLocaleString('en', { maximumFractionDigits: 2 })).join(', ');
  process.stdout.write(`${name.padEnd(48)}${shown} ${unit}  ≤ ${limit}${isGood ? '' : '  PAST THE LIMIT'}\n`);
  if (!isGood) process.exitCode = 1;
}

await kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
try {
  const killed: number[] = [];
  for (let round = 0; round < KILLS; round += 1) killed.push(await takeover(`killed-${round}`, 'SIGKILL'));
  print('takeover after SIGKILL', killed, LIMITS.killedSeconds, 's');
  const stopped: number[] = [];
  for (let round = 0; round < STOPS; round += 1) stopped.push(await takeover(`stopped-${round}`, 'SIGTERM'));
  print('takeover after SIGTERM', stopped, LIMITS.stoppedSeconds, 's');
  const { before, after, refused } = await writesAfterFreeze();
  process.stdout.write(
    `a leader frozen for ${FROZEN_MS / 1000} s: ${before} writes before, ${refused} refused after\n`,
  );
  print('its writes after the freeze', [after], LIMITS.writesAfterFreeze, 'writes');
} finally {
  await kube.delete(Namespace, { name: namespace });
  await transport.close();
  await subject.close();
}
