import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { assertRefused } from '../refused.ts';

const PATIENCE_MS = 60_000;
/** Of writes at a time, while old versions are on their way out. */
const ROUND = 100;

export const compacting = chapter('compacting', {
  'refuses to go on with a list whose version is gone, and says to begin anew': async (world) => {
    const path = await makeLeases(world);
    const { body } = await world.admin.get(`${path}?limit=1`);
    const rest = `${path}?limit=1&continue=${body.metadata.continue}`;
    await gone(world, path, async () => {
      const why = /^The provided continue parameter is too old to display a consistent list result/;
      assertRefused(await world.admin.get(rest), 410, 'Expired', why);
    });
    assert.equal((await world.admin.get(`${path}?limit=1`)).code, 200);
  },
  'refuses a list at an exact version that is gone': async (world) => {
    const path = await makeLeases(world);
    const { resourceVersion } = (await world.admin.get(path)).body.metadata;
    const then = `${path}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`;
    await gone(world, path, async () => {
      assertRefused(
        await world.admin.get(then),
        410,
        'Expired',
        'The resourceVersion for the provided list is too old.',
      );
    });
  },
});

async function makeLeases({ admin, namespace }: World): Promise<string> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  for (const name of ['a', 'b', 'c']) await admin.post(path, { metadata: { name }, spec: {} });
  return path;
}

/** Old versions go with time on the one, and with the number of changes on the other. */
async function gone({ admin, eventually }: World, path: string, check: () => Promise<void>): Promise<void> {
  let count = 0;
  await eventually(async () => {
    const changes = Array.from({ length: ROUND }, () =>
      admin.mergePatch(`${path}/a`, { metadata: { labels: { count: `${count++}` } } }),
    );
    for (const { code } of await Promise.all(changes)) assert.equal(code, 200);
    await check();
  }, PATIENCE_MS);
}
