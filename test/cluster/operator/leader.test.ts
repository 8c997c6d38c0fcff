/** Two operators as processes of their own: one leads, the other stands by. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KubeClient } from '../../../src/kube/client.ts';
import { Lease, Service } from '../../../src/kube/resources.ts';
import { watched } from '../../../src/kube/watched.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { suite } from '../../support/suite.ts';
import { Program } from '../../unit/main/operator/program.ts';
import { parseExposition } from '../../unit/observability/exposition.ts';
import { createServer, type Ground, ground, NO_CONTROL_PLANE, soon } from './fixture.ts';

const LEASE = 'anweddol-operator';

/** What it takes to start operators for the one namespace of the ground. */
async function starter(on: Ground) {
  const [namespace = ''] = on.namespaces;
  const folder = await mkdtemp(join(tmpdir(), 'operator-leader-'));
  const path = join(folder, 'kubeconfig');
  await writeFile(path, await on.operatorKubeconfig([namespace]), { mode: 0o600 });
  const args = ['--server-image=operator:1', `--kubeconfig=${path}`, `--namespaces=${namespace}`];
  const addresses = ['--health-address=127.0.0.1:0', '--metrics-address=127.0.0.1:0'];
  return {
    namespace,
    start: (more: string[] = []) => new Program([...args, ...addresses, ...more]),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function serviceAppears(admin: KubeClient, namespace: string, name: string): Promise<void> {
  const found = new AbortController();
  const signal = AbortSignal.any([soon(), found.signal]);
  const services = watched(admin, Service, { namespace }, { clock, log: new RecordedLog(), signal });
  await services.waitFor((all) => all.get(`${namespace}/${name}`), signal);
  found.abort();
}

async function metricsOf(program: Program) {
  const { address } = await program.line('serving metrics');
  const answer = await fetch(`http://${address}/metrics`, { signal: soon() });
  const families = parseExposition(await answer.text());
  const leads = families.get('leader_election_master_status')?.samples.map(({ value }) => value);
  const requests = families.get('rest_client_requests_total')?.samples ?? [];
  const writes = requests.filter(({ labels }) => labels.method !== 'GET').reduce((sum, { value }) => sum + value, 0);
  return { leads, writes };
}

async function probe(program: Program, path: string): Promise<string> {
  const { address } = await program.line('serving health');
  return (await fetch(`http://${address}${path}`, { signal: soon() })).text();
}

suite('leader election', NO_CONTROL_PLANE, () => {
  test('a second operator stands by, ready, without a write, and leads when the first one is stopped', async () => {
    await using on = await ground(1);
    await using operators = await starter(on);
    const { namespace } = operators;
    await using first = operators.start();
    await first.line('leading');
    await using second = operators.start();
    await second.line('waiting for the lease');
    await createServer(on.admin, namespace, 'one');
    await serviceAppears(on.admin, namespace, 'one');
    assert.deepEqual((await metricsOf(first)).leads, [1]);
    assert.deepEqual(await metricsOf(second), { leads: [0], writes: 0 });
    for (const program of [first, second]) {
      assert.equal(await probe(program, '/readyz'), 'ok\n');
      assert.equal(await probe(program, '/healthz'), 'ok\n');
    }

    first.child.kill('SIGTERM');
    assert.equal(await first.ended, 0);
    await second.line('leading');
    assert.deepEqual((await metricsOf(second)).leads, [1]);
    await createServer(on.admin, namespace, 'two');
    await serviceAppears(on.admin, namespace, 'two');
  });

  test('an operator whose lease was taken ends with 1', async () => {
    await using on = await ground(1);
    await using operators = await starter(on);
    await using operator = operators.start();
    await operator.line('leading');
    const spec = { holderIdentity: 'somebody else', leaseDurationSeconds: 3600 };
    await on.admin.mergePatch(Lease, { namespace: operators.namespace, name: LEASE }, { spec });
    assert.equal(await operator.ended, 1);
    assert.match(operator.stderr, /the lease went to somebody else/);
    const lease = await on.admin.get(Lease, { namespace: operators.namespace, name: LEASE });
    assert.equal(lease?.spec?.holderIdentity, 'somebody else');
  });

  test('without leader election no lease is made', async () => {
    await using on = await ground(1);
    await using operators = await starter(on);
    const { namespace } = operators;
    await using operator = operators.start(['--no-leader-elect']);
    await createServer(on.admin, namespace, 'one');
    await serviceAppears(on.admin, namespace, 'one');
    assert.deepEqual((await on.admin.list(Lease, { namespace })).items, []);
    operator.child.kill('SIGTERM');
    assert.equal(await operator.ended, 0);
  });
});
