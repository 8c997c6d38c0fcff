/** The Pod Security Standard `restricted`, enforced by a real API server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { type Deployment, Namespace, Pod, ServiceAccount } from '../../../src/kube/resources.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { deployment } from '../../../src/operator/desired/deployment.ts';
import { serverSettings } from '../../../src/operator/desired/server-settings.ts';
import { isoCheckPod } from '../../../src/operator/iso/iso-check-pod.ts';
import { platformTakes } from '../../../src/operator/platform/platform-finding.ts';
import { connectTo } from '../../support/connect-to.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { sampleServer } from '../../support/sample-server.ts';
import { suite } from '../../support/suite.ts';
import { FULL_VALUES } from '../../unit/chart/full-values.ts';
import { HELM_4, only, render } from '../../unit/chart/helms.ts';

const NAMESPACE = `restricted-${process.pid}`;
const skip = !process.env.CONTROL_PLANE && 'no real control plane: see the start of this run';

suite('the Pod Security Standard "restricted"', skip || HELM_4.skip, () => {
  let transport: Transport;
  let kube: KubeClient;

  before(async () => {
    const connection = await sharedControlPlane();
    assert.ok(connection);
    transport = connectTo(connection);
    kube = createKubeClient(transport);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } });
    const account = { namespace: NAMESPACE, name: 'any' };
    await kube.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  });
  after(async () => {
    await kube.delete(Namespace, { name: NAMESPACE });
    await transport.close();
  });

  /** Admission looks at pods; of a Deployment it would only warn. */
  async function admit({ metadata: { name }, spec }: { metadata: KubeObject['metadata']; spec: Pod['spec'] }) {
    assert.ok(spec);
    // Which account it is, and how urgent, has to be there and is no matter here.
    const { priorityClassName: _, ...rest } = spec;
    const metadata = { name, namespace: NAMESPACE };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...rest, serviceAccountName: 'any' } } as Pod;
    await kube.create(Pod, pod, { dryRun: true });
  }

  const podOf = ({ metadata, spec }: Deployment) => ({ metadata, spec: spec?.template.spec as Pod['spec'] });

  test('admits the operator and the pods of hooks', async () => {
    const objects = await render(HELM_4, FULL_VALUES);
    await admit(podOf(only<Deployment>(objects, 'Deployment')));
    for (const name of ['stat', 'await-crds']) {
      const { metadata, spec } = only<Pod>(objects, 'Pod', `anweddol-operator-${name}`);
      await admit({ metadata, spec });
    }
  });

  test('admits what the operator makes: server pods, and the pod that reads an ISO', async () => {
    const server = sampleServer();
    const iso = { status: 'True', reason: 'IsoVerified', message: '', sha256: 'ab'.repeat(32) } as const;
    const address = { status: 'False', reason: 'Waiting', message: '' } as const;
    const settings = serverSettings(server, { iso, address, platform: platformTakes('Terminate') });
    assert.ok(settings);
    await admit(podOf(deployment(server, { image: 'anweddol:1', settings, secrets: { key: 'lab-key' } })));
    const { metadata, spec } = isoCheckPod(server, { image: 'anweddol:1' });
    await admit({ metadata, spec });
  });

  test('refuses the operator when it may be root', async () => {
    const objects = await render(HELM_4, { podSecurityContext: { runAsNonRoot: false } });
    await assert.rejects(admit(podOf(only<Deployment>(objects, 'Deployment'))), /runAsNonRoot/);
  });
});
