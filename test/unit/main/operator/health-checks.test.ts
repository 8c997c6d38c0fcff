import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import type { KubeObject } from '../../../../src/kube/objects.ts';
import { healthChecks } from '../../../../src/main/operator/health-checks.ts';
import type { Checks } from '../../../../src/observability/probe-answer.ts';
import type { Caches } from '../../../../src/operator/context.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';

const NAMES = [
  'servers',
  'accounts',
  'roles',
  'roleBindings',
  'configMaps',
  'deployments',
  'services',
  'slices',
  'pods',
];
const MINUTE = 60_000;

function start() {
  const log = new RecordedLog();
  const clock = new FakeClock(1_700_000_000_000);
  const stores = Object.fromEntries([...NAMES, 'machines'].map((name) => [name, new ObjectStore<KubeObject>({ log })]));
  const stop = new AbortController();
  const checks = healthChecks(stores as unknown as Caches, clock, stop.signal);
  const list = (name: string): void => {
    stores[name]?.replace([]);
    stores[name]?.heardAt(clock.elapsed());
  };
  const problems = (probe: 'alive' | 'ready') =>
    Object.values(checks[probe] as Checks).flatMap((check) => check() ?? []);
  return { clock, stop, list, problems };
}

test('it is ready when everything but the machines of KubeVirt is listed', () => {
  const { list, problems } = start();
  assert.match(problems('ready')[0] ?? '', /^not listed yet: servers, accounts, .*, pods$/);
  for (const name of NAMES) list(name);
  assert.deepEqual(problems('ready'), []);
});

test('it is not ready any more when it ends, and alive until the end', () => {
  const { stop, list, problems } = start();
  for (const name of NAMES) list(name);
  stop.abort();
  assert.deepEqual(problems('ready'), ['the program is ending']);
  assert.deepEqual(problems('alive'), []);
});

test('it is not alive when it has heard nothing of something for long', async () => {
  const { clock, list, problems } = start();
  for (const name of [...NAMES, 'machines']) list(name);
  await clock.advance(14 * MINUTE);
  for (const name of NAMES.slice(1)) list(name);
  assert.deepEqual(problems('alive'), []);
  await clock.advance(2 * MINUTE);
  assert.deepEqual(problems('alive'), ['nothing heard for 15 minutes of servers']);
  list('servers');
  assert.deepEqual(problems('alive'), []);
});

test('what was never listed does not end it: it would not be there after a restart either', async () => {
  const { clock, problems } = start();
  await clock.advance(60 * MINUTE);
  assert.deepEqual(problems('alive'), []);
});
