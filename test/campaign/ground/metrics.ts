/** What operators and server pods tell whoever asks for their metrics. */
import { setTimeout as sleep } from 'node:timers/promises';
import { hostAddress } from '../../../src/embedded/node/host-address.ts';
import { METRICS_PORT } from '../../../src/operator/desired/deployment.ts';
import type { Scene } from './scene.ts';

interface Target {
  who: string;
  /** Unknown while it starts. */
  address: string | undefined;
}

/** One that was killed just before has to start first. */
const ANSWERED_MS = 10_000;
const ANSWER_MS = 2_000;
const AGAIN_MS = 100;

/** By who tells them: the metrics of each operator, and of each server pod that is ready. @returns those who tell none */
export async function readMetrics(scene: Scene, texts: Map<string, string>): Promise<string[]> {
  const late = Date.now() + ANSWERED_MS;
  const told = new Set<string>();
  while (true) {
    const missing = targetsOf(scene).filter(({ who }) => !told.has(who));
    for (const { who, address } of missing) {
      const text = address && (await ask(address));
      if (!text) continue;
      told.add(who);
      texts.set(`the metrics of ${who}`, text);
    }
    const silent = missing.map(({ who }) => who).filter((who) => !told.has(who));
    if (silent.length === 0 || Date.now() > late) return silent;
    await sleep(AGAIN_MS, undefined, { signal: scene.signal });
  }
}

function targetsOf({ operators, pods }: Scene): Target[] {
  const shift = process.getuid?.() !== 0;
  const ofPods = pods.ready().map(({ metadata, status }) => {
    const { host, port } = hostAddress(String(status?.podIP), METRICS_PORT, { shift });
    return { who: `server pod ${metadata.name}`, address: `${host}:${port}` };
  });
  const ofOperators = operators.map(({ metricsAddress: address }, index) => ({
    who: `operator ${index + 1}`,
    address,
  }));
  return [...ofOperators, ...ofPods];
}

async function ask(address: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    const answer = await fetch(`http://${address}/metrics`, { headers: { Connection: 'close' }, signal });
    return answer.ok ? await answer.text() : undefined;
  } catch {
    return undefined;
  }
}
