import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scene } from './ground/scene.ts';
import type { Violation } from './oracles/oracle.ts';
import { type Plan, planText } from './plan/plan.ts';
import { inOrder } from './truth/version.ts';

/** Writes down all that is known of a run, for people. It holds the secrets of that run. */
export async function keepRecord(folder: string, plan: Plan, scene: Scene, found: Violation[]): Promise<void> {
  const own = join(
    folder,
    planText(plan)
      .replaceAll(/[^\w.#-]+/g, '_')
      .slice(0, 180),
  );
  await mkdir(own, { recursive: true, mode: 0o700 });
  const versions = inOrder(scene.history.versions).map(({ type, kind, object, at }) => ({ type, kind, at, object }));
  const crossings = scene.operatorCrossings.map(({ method, path, at, status }) => ({ method, path, at, status }));
  const files = {
    'violations.json': JSON.stringify(found, undefined, 1),
    'versions.json': versions.map((version) => JSON.stringify(version)).join('\n'),
    'operator-requests.json': crossings.map((crossing) => JSON.stringify(crossing)).join('\n'),
    'operator.log': scene.operators.map(({ output }) => output).join('\n'),
    'server.log': scene.pods.logs(),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(own, name), text, { mode: 0o600 });
}
