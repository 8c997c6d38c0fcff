/** What the doctor and `status` say of a lab in which all is well, and of what then breaks in it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { Deployment, NetworkPolicy } from '../../../src/kube/resources.ts';
import { applyServer, readyServer, startTestLab, type TestLab } from '../../support/lab.ts';
import { PLANES, type Plane } from '../../support/planes.ts';
import { suite } from '../../support/suite.ts';
import { runAdmin } from '../../unit/admin/run-admin.ts';
import { type Diagnosis, diagnose, eventually } from './ground.ts';

/** A lab each, on a loopback address of its own. */
const HOSTS = ['127.0.0.61', '127.0.0.62'];
const SMALL = { maxRunning: 2, warm: 1 };

for (const [index, plane] of PLANES.entries()) {
  suite(`a lab on the ${plane.name}`, plane.skip, () => examinedOn(plane, HOSTS[index] ?? ''));
}

function examinedOn(plane: Plane, host: string): void {
  let on: TestLab;
  let doctor: (...args: string[]) => Promise<Diagnosis>;

  before(async () => {
    on = await startTestLab(host, plane, { hollow: true });
    const kubeconfig = on.lab.kubeconfigPath;
    doctor = (...args) => diagnose(on, { kubeconfig, args });
    await readyServer(on, 'lab', { containers: SMALL, keys: { bits: 2048 } });
    await on.lab.machines.waitFor(
      (all) => all.list().find(({ metadata }) => metadata.labels?.['anweddol.io/state'] === 'warm'),
      on.patience(),
    );
  });
  after(() => on?.close());

  const results = ({ of }: Diagnosis, ...checks: Parameters<Diagnosis['of']>[0][]) =>
    checks.flatMap((check) => of(check).map(({ result }) => `${check} ${result}`));

  test('nothing is failed, and the server answers from here', async () => {
    const diagnosis = await eventually(async () => {
      const seen = await doctor('--dial');
      return seen.findings.some(({ result }) => result === 'failed') ? undefined : seen;
    });
    assert.equal(diagnosis.code, 0);
    const well = ['operator-deployment', 'operator-lease', 'server-address', 'server-dial', 'server-policies'] as const;
    const known = ['server-iso', 'server-key', 'nodes-schedulable', 'containers', 'slices-orphaned'] as const;
    for (const check of [...well, ...known]) {
      const found = diagnosis.of(check);
      assert.ok(check === 'slices-orphaned' || found.length > 0, check);
      assert.ok(
        found.every(({ result }) => result === 'ok'),
        JSON.stringify(found),
      );
    }
  });

  test('the server, its pod and its warm container are shown, and no Secret of theirs', async () => {
    const args = ['status', 'lab', '-n', on.namespace, '--kubeconfig', on.lab.kubeconfigPath];
    const { code, stdout } = await runAdmin([...args, '-o', 'json']);
    assert.equal(code, 0);
    const { phase, address, warm, pods, containers } = JSON.parse(stdout);
    assert.deepEqual([phase, address, warm], ['Ready', { host, port: 6150 }, { is: 1, wanted: 1 }]);
    assert.deepEqual(
      pods.map(({ ready, state }: { ready: boolean; state: string }) => [ready, state]),
      [[true, 'Running']],
    );
    const [container] = containers;
    assert.deepEqual([container.state, container.phase, container.client], ['warm', 'Running', undefined]);
    assert.ok(Date.parse(container.expires) > Date.now());
    const text = await runAdmin(args);
    assert.match(text.stdout, /PORT +STATE +MACHINE +AGE +LEFT/);
    assert.deepEqual(
      text.stdout.split('\n').filter((line) => line.length > 80),
      [],
    );
  });

  test('an ISO that is not the announced one is told with what to do', async () => {
    await applyServer(on, 'wrong', { iso: { image: 'anweddol-container-iso:0.1.0', sha256: 'ab'.repeat(32) } });
    const found = await eventually(async () => {
      const seen = await doctor();
      return seen.findings.find(({ reason }) => reason === 'IsoDigestMismatch') && seen;
    });
    assert.equal(found.code, 1);
    const about = `${on.namespace}/wrong`;
    const told = found.of('server-condition').filter((finding) => finding.about === about);
    assert.ok(told.some(({ result, remedy = '' }) => result === 'failed' && remedy.startsWith('Use the right ISO')));
    await on.lab.kube.delete(AnweddolServer, { namespace: on.namespace, name: 'wrong' });
  });

  test('an operator that was scaled to nothing is named, and what nobody mends any more', async () => {
    const operator = { namespace: on.operatorNamespace, name: 'anweddol-operator' };
    await on.lab.kube.mergePatch(Deployment, operator, { spec: { replicas: 0 } });
    await eventually(
      async () => results(await doctor(), 'operator-lease').includes('operator-lease failed') || undefined,
    );
    await on.lab.kube.delete(NetworkPolicy, { namespace: on.namespace, name: 'lab-containers' });
    const diagnosis = await doctor();
    assert.equal(diagnosis.code, 1);
    assert.deepEqual(results(diagnosis, 'operator-deployment', 'server-policies'), [
      'operator-deployment failed',
      'server-policies failed',
    ]);
  });
}
