/** What the doctor says of clusters that lack something. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import pino from 'pino';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { startApiServer } from '../../../src/embedded/apiserver/start-api-server.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { microTime } from '../../../src/kube/micro-time.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { ClusterRole, type CustomResourceDefinition, Lease, Secret } from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../../src/main/demo/manifests.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { MisbehavingProxy } from '../../support/misbehaving-proxy/proxy.ts';
import { PLANES } from '../../support/planes.ts';
import { suite } from '../../support/suite.ts';
import { runAdmin } from '../../unit/admin/run-admin.ts';
import {
  type AdminGround,
  adminGround,
  createServer,
  diagnose,
  eventually,
  installOperator,
  onlookerKubeconfig,
} from './ground.ts';

const MISMATCH = {
  observedGeneration: 1,
  conditions: [
    {
      type: 'IsoReady',
      status: 'False',
      reason: 'IsoDigestMismatch',
      message: 'it has another',
      lastTransitionTime: '2026-01-01T12:00:00Z',
    },
  ],
  publicKey: { sha256: 'cd'.repeat(32), secretName: 'lab-key' },
};

for (const plane of PLANES) {
  suite(`the doctor on the ${plane.name}`, plane.skip, () => {
    let on: AdminGround;
    before(async () => {
      on = await adminGround(plane);
    });
    after(() => on[Symbol.asyncDispose]());

    test('the definitions of this release, as a cluster stores them, are those of this release', async () => {
      const { of } = await diagnose(on);
      assert.deepEqual(
        [...of('crd-served'), ...of('crd-schema')].map(({ result }) => result),
        ['ok', 'ok', 'ok', 'ok'],
      );
    });

    test('an operator that has never run has no ready pod and no Lease, but its rights', async () => {
      await installOperator(on);
      const { code, of } = await eventually(async () => {
        const diagnosis = await diagnose(on);
        return diagnosis.of('operator-rights')[0]?.result === 'warning' ? diagnosis : undefined;
      });
      assert.equal(code, 1);
      const [deployment] = of('operator-deployment');
      assert.deepEqual([deployment?.result, deployment?.about], ['failed', `${on.namespace}/anweddol-operator`]);
      assert.match(of('operator-lease')[0]?.found ?? '', /no Lease/);
      // Of a namespace alone it may not see what is the cluster's; KubeVirt lets everybody see itself.
      const told = of('operator-rights').map(({ result, found }) => `${result}: ${found}`);
      assert.match(told.pop() ?? '', /^warning: .* may not list nodes\.$/);
      assert.ok(told.every((one) => /^warning: .* may not list kubevirts\.kubevirt\.io\.$/.test(one)));
    });

    test('a right that is taken away is named', async () => {
      const name = { name: `anweddol-operator-${on.namespace}` };
      const role = await on.kube.get(ClusterRole, name);
      const rules = role?.rules?.map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => verb !== 'create') }));
      await on.kube.mergePatch(ClusterRole, name, { rules });
      const rights = await eventually(async () => {
        const [found] = (await diagnose(on)).of('operator-rights');
        return found?.result === 'failed' ? found : undefined;
      });
      assert.match(
        rights.found,
        new RegExp(`^It may not create serviceaccounts, .* secrets, .* in ${on.namespace}\\.$`),
      );
      assert.doesNotMatch(rights.found, /\b(get|patch)\b/);
    });

    test('a Lease that is held is, until its renewals cease', async () => {
      const metadata = { namespace: on.namespace, name: 'anweddol-operator' };
      const spec = { holderIdentity: 'somebody', leaseDurationSeconds: 15, renewTime: microTime(clock.now()) };
      await on.kube.create(Lease, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
      assert.equal((await diagnose(on)).of('operator-lease')[0]?.result, 'ok');
      const renewTime = microTime(clock.now() - 3_600_000);
      await on.kube.mergePatch(Lease, metadata, { spec: { renewTime } });
      const [stale] = (await diagnose(on)).of('operator-lease');
      assert.equal(stale?.result, 'failed');
      assert.match(stale?.found ?? '', /^somebody holds the Lease, but renewed it 1h ago/);
    });

    test('what a server says of itself is told with its remedy, and what it lacks is named', async () => {
      await createServer(on, 'lab', MISMATCH);
      const { code, findings } = await diagnose(on);
      const about = `${on.namespace}/lab`;
      const results = findings.filter((finding) => finding.about === about).map(({ check, result }) => [check, result]);
      assert.equal(code, 1);
      assert.deepEqual(results, [
        ['server-condition', 'failed'],
        ['server-address', 'failed'],
        ['server-policies', 'failed'],
        ['server-iso', 'failed'],
        ['server-key', 'failed'],
      ]);
      const told = findings.find(({ reason }) => reason === 'IsoDigestMismatch');
      assert.match(told?.remedy ?? '', /^Use the right ISO/);
    });

    test('a key that whoever asks may read is held against the status, and not shown', async () => {
      const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      const metadata = { namespace: on.namespace, name: 'lab-key' };
      await on.kube.create(Secret, { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { 'private.pem': pem } });
      const der = pair.publicKey.export({ type: 'spki', format: 'der' });
      const sha256 = createHash('sha256').update(der).digest('hex');
      const [other] = (await diagnose(on)).of('server-key');
      assert.equal(other?.result, 'warning');
      assert.match(
        other?.found ?? '',
        new RegExp(`holds the key SHA256 ${sha256}, but its status says ${'cd'.repeat(32)}`),
      );
      const status = { publicKey: { sha256, secretName: 'lab-key' } };
      const lab = { namespace: on.namespace, name: 'lab' };
      await on.kube.mergePatch(AnweddolServer, lab, { status }, { subresource: 'status' });
      const { findings, of } = await diagnose(on);
      assert.deepEqual(
        of('server-key').map(({ result }) => result),
        ['ok'],
      );
      assert.doesNotMatch(JSON.stringify(findings), /PRIVATE|[A-Za-z0-9+/]{100}/);
      await on.kube.mergePatch(AnweddolServer, lab, { status: MISMATCH }, { subresource: 'status' });
    });

    test('a status that somebody has tampered with neither stops it nor disturbs the terminal', async () => {
      const hostile = '\u001b[2J\u202e';
      const status = {
        phase: hostile,
        publicKey: { sha256: 'cd'.repeat(32), secretName: '..' },
        conditions: [{ ...MISMATCH.conditions[0], reason: 'Ugly', message: hostile.repeat(1000) }],
      };
      await createServer(on, 'ugly', status);
      const args = ['-n', on.namespace, '--kubeconfig', on.controlPlane.kubeconfig()];
      const doctor = await runAdmin(['doctor', ...args]);
      assert.deepEqual([doctor.code, doctor.stderr], [1, '']);
      assert.match(doctor.stdout, new RegExp(`unknown {2}server-key ${on.namespace}/ugly`));
      const seen = await runAdmin(['status', 'ugly', ...args]);
      for (const line of `${doctor.stdout}${seen.stdout}`.split('\n')) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]/u);
      await on.kube.delete(AnweddolServer, { namespace: on.namespace, name: 'ugly' });
    });

    test('whoever may look at servers alone is told of these, and asks for no Secret', async () => {
      const proxy = await MisbehavingProxy.start(on.controlPlane);
      try {
        const kubeconfig = await onlookerKubeconfig(on, { url: proxy.url, caCertificate: '' });
        const { code, findings, of } = await eventually(async () => {
          const diagnosis = await diagnose(on, { kubeconfig });
          return diagnosis.of('server-condition').length > 0 ? diagnosis : undefined;
        });
        assert.equal(code, 1);
        assert.match(
          of('server-key')[0]?.found ?? '',
          new RegExp(`By its status the key is SHA256 ${'cd'.repeat(32)}`),
        );
        const hidden = findings.filter(({ result }) => result === 'unknown').map(({ check }) => check);
        assert.deepEqual(
          [...new Set(hidden)].toSorted(),
          [
            'containers',
            'crd-served',
            'disruption-budget',
            ...(plane.shared ? [] : ['kubevirt-installed']),
            'network-plugin',
            'nodes-schedulable',
            'operator-deployment',
            'server-address',
            'server-key',
            'server-pod-policies',
            'server-policies',
            'slices-orphaned',
            ...(of('resource-quota').length > 0 ? ['resource-quota'] : []),
          ].toSorted(),
        );
        assert.deepEqual(
          proxy.calls.filter(({ path }) => path.includes('/secrets')),
          [],
        );
      } finally {
        await proxy.close();
      }
    });
  });
}

describe('the doctor on a bare API server', () => {
  const log = pino({ level: 'silent' });
  let api: Awaited<ReturnType<typeof startApiServer>>;
  before(async () => {
    api = await startApiServer({ clock, log });
  });
  after(() => api.close());

  const bare = () => ({ controlPlane: api, namespace: 'default' });

  async function applied(manifests: KubeObject[]): Promise<void> {
    const transport = createTransport(loadKubeConfig({ kubeconfig: api.kubeconfig() }), { clock });
    await applyManifests(createKubeClient(transport), manifests, AbortSignal.timeout(10_000));
    await transport.close();
  }

  test('it names all that is missing, and tells of nothing that can not be there', async () => {
    const { code, findings } = await diagnose(bare());
    assert.equal(code, 1);
    const failed = findings.filter(({ result }) => result === 'failed').map(({ check, about }) => [check, about]);
    assert.deepEqual(failed, [
      ['crd-served', 'anweddolservers.anweddol.io'],
      ['crd-served', 'anweddolaccesstokens.anweddol.io'],
      ['operator-deployment', undefined],
      ['kubevirt-installed', undefined],
      ['nodes-schedulable', undefined],
    ]);
    assert.ok(findings.every(({ check }) => !check.startsWith('server') && !check.startsWith('containers')));
  });

  test('a definition of an older release is one', async () => {
    const manifests = structuredClone(await manifestsOf('crds')) as CustomResourceDefinition[];
    for (const { spec } of manifests) {
      const schema = spec.versions[0]?.schema?.openAPIV3Schema?.properties?.spec?.properties;
      delete schema?.clientTimeoutSeconds;
    }
    await applied(manifests);
    const { of } = await diagnose(bare());
    assert.deepEqual(
      of('crd-schema').map(({ about, result }) => [about, result]),
      [
        ['anweddolservers.anweddol.io', 'failed'],
        ['anweddolaccesstokens.anweddol.io', 'ok'],
      ],
    );
    assert.match(of('crd-schema')[0]?.found ?? '', /lacks spec\.clientTimeoutSeconds/);
    await applied(await manifestsOf('crds'));
    assert.deepEqual(
      (await diagnose(bare())).of('crd-schema').map(({ result }) => result),
      ['ok', 'ok'],
    );
  });

  test('as text, it is told in lines of 80 characters', async () => {
    const { code, stdout } = await runAdmin(['doctor', '--kubeconfig', api.kubeconfig()]);
    assert.equal(code, 1);
    assert.match(stdout, /^ok {7}api-server: Kubernetes v1\./);
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 80),
      [],
    );
  });
});
