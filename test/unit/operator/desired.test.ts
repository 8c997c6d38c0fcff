import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment } from '../../../src/operator/desired/deployment.ts';
import { disruptionBudget } from '../../../src/operator/desired/disruption-budget.ts';
import { serverPodLabels } from '../../../src/operator/desired/ownership.ts';
import { role } from '../../../src/operator/desired/server-pod-rights.ts';
import { serverSettings } from '../../../src/operator/desired/server-settings.ts';
import { service, sshPortsOf } from '../../../src/operator/desired/service.ts';
import { isoCheckPod } from '../../../src/operator/iso/iso-check-pod.ts';
import { platformTakes } from '../../../src/operator/platform/platform-finding.ts';
import { selects } from '../../support/policy-evaluator/selects.ts';
import { sampleMachine } from '../../support/sample-machine.ts';
import { sampleServer } from '../../support/sample-server.ts';

const image = 'anweddol:1';
const secrets = { key: 'lab-key' };
const template = (server = sampleServer(), isoSha256 = 'ab'.repeat(32), keySha256 = 'ff') => {
  const iso = { status: 'True', reason: 'IsoVerified', message: '', sha256: isoSha256 } as const;
  const address = { status: 'False', reason: 'Waiting', message: '' } as const;
  const settings = serverSettings(server, { iso, address, platform: platformTakes('Terminate') });
  assert.ok(settings);
  return deployment(server, { image, settings, secrets, keySha256 }).spec?.template;
};

test('the Service has the client port and one SSH port for each slot', () => {
  const ports = service(sampleServer({ containers: { maxRunning: 3 } })).spec?.ports;
  assert.deepEqual(
    ports?.map(({ name, port, targetPort }) => [name, port, targetPort]),
    [
      ['anweddol', 6150, 'anweddol'],
      ['ssh-10000', 10_000, 'ssh-10000'],
      ['ssh-10001', 10_001, 'ssh-10001'],
      ['ssh-10002', 10_002, 'ssh-10002'],
    ],
  );
});

test('SSH ports that a Service has can be kept, beyond the slots that there are', () => {
  const server = sampleServer({ containers: { maxRunning: 2 }, web: { enabled: true } });
  const before = service(sampleServer({ containers: { maxRunning: 4 }, web: { enabled: true } }));
  assert.deepEqual(sshPortsOf(before), [10_000, 10_001, 10_002, 10_003]);
  assert.deepEqual(sshPortsOf(service(server, [], sshPortsOf(before))), sshPortsOf(before));
  assert.deepEqual(sshPortsOf(undefined), []);
});

test('no server pod defines a port with the name of a slot', () => {
  const names = template()?.spec?.containers[0]?.ports?.map((port) => port.name);
  assert.deepEqual(names, ['anweddol', 'health', 'metrics']);
});

test('server pods roll when what they read once changes, and only then', () => {
  const before = template();
  const live = [{ replicas: 5 }, { paused: true }, { clientTimeoutSeconds: 20 }, { containers: { maxRunning: 3 } }];
  for (const spec of live) assert.deepEqual(template(sampleServer(spec)), before);
  assert.deepEqual(template(sampleServer(), 'cd'.repeat(32)), before);
  assert.notDeepEqual(template(sampleServer({ listenPort: 6151 })), before);
  assert.notDeepEqual(template(sampleServer({ tls: { enabled: true } })), before);
  assert.notDeepEqual(template(sampleServer(), undefined, 'ee'), before);
});

test('server pods that are told to stop have the time that their last client may take', () => {
  const graceOf = (clientTimeoutSeconds: number) =>
    template(sampleServer({ clientTimeoutSeconds }))?.spec?.terminationGracePeriodSeconds;
  assert.deepEqual([graceOf(10), graceOf(300)], [210, 490]);
});

test('server pods are spread over the nodes, where there are some', () => {
  const pods = template();
  const [constraint, ...others] = pods?.spec?.topologySpreadConstraints ?? [];
  assert.deepEqual(others, []);
  assert.ok(constraint?.labelSelector);
  const { labelSelector, ...spread } = constraint;
  assert.deepEqual(spread, { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' });
  assert.deepEqual(labelSelector, { matchLabels: serverPodLabels(sampleServer()) });
  assert.ok(selects(labelSelector, pods?.metadata?.labels ?? {}));
});

test('a drain takes one server pod at a time, of this server only; a single one does not hold it up', () => {
  const { maxUnavailable, minAvailable, selector } = disruptionBudget(sampleServer({ replicas: 2 }))?.spec ?? {};
  assert.deepEqual([maxUnavailable, minAvailable], [1, undefined]);
  assert.ok(selector);
  assert.ok(selects(selector, template()?.metadata?.labels ?? {}));
  const other = sampleServer();
  const others = template({ ...other, metadata: { ...other.metadata, name: 'other' } });
  assert.ok(!selects(selector, others?.metadata?.labels ?? {}));
  assert.ok(!selects(selector, isoCheckPod(sampleServer(), { image }).metadata.labels ?? {}));
  assert.ok(!selects(selector, sampleMachine().metadata.labels ?? {}));
  for (const replicas of [0, 1]) assert.equal(disruptionBudget(sampleServer({ replicas })), undefined);
});

test('server pods are told the password of the bootstrap user only when the resource names a Secret', () => {
  const volumes = (server = sampleServer()) => template(server)?.spec?.volumes?.map((volume) => volume.name);
  assert.deepEqual(volumes(), ['settings', 'key']);
  const passwordSecretRef = { name: 'boot', key: 'pw' };
  assert.deepEqual(volumes(sampleServer({ containers: { endpoint: { passwordSecretRef } } })), [
    'settings',
    'key',
    'endpoint',
  ]);
});

test('server pods may create Secrets and do nothing else with them', () => {
  const rules = role(sampleServer()).rules?.filter((rule) => rule.resources?.includes('secrets'));
  assert.deepEqual(rules, [{ apiGroups: [''], resources: ['secrets'], verbs: ['create'] }]);
});

test('pods meet the restricted Pod Security Standard', () => {
  for (const spec of [template()?.spec, isoCheckPod(sampleServer(), { image }).spec]) {
    assert.equal(spec?.securityContext?.runAsNonRoot, true);
    assert.equal(spec?.securityContext?.seccompProfile?.type, 'RuntimeDefault');
    for (const container of spec?.containers ?? []) {
      assert.equal(container.securityContext?.allowPrivilegeEscalation, false);
      assert.equal(container.securityContext?.readOnlyRootFilesystem, true);
      assert.deepEqual(container.securityContext?.capabilities?.drop, ['ALL']);
    }
  }
});

test('another ISO is another check', () => {
  const name = (image: string) => isoCheckPod(sampleServer({ iso: { image } }), { image: 'anweddol:1' }).metadata.name;
  assert.equal(name('iso:1'), name('iso:1'));
  assert.notEqual(name('iso:1'), name('iso:2'));
});
