import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { V1PodSpec } from '@kubernetes/client-node';
import type { Json } from '../../../src/kube/objects.ts';
import type { Deployment } from '../../../src/kube/resources.ts';
import { readCommand } from '../../../src/main/operator/read-command.ts';
import { suite } from '../../support/suite.ts';
import { FULL_VALUES } from './full-values.ts';
import { HELM_4, only, type Rendering, render } from './helms.ts';

async function operator(values: object, rendering: Rendering = {}) {
  const deployment = only<Deployment>(await render(HELM_4, values, rendering), 'Deployment');
  const pod = deployment.spec?.template.spec as Json<V1PodSpec>;
  const [container] = pod.containers;
  if (!container) throw new Error('no container');
  return { deployment, pod, container, args: container.args ?? [] };
}

const DIGEST = `sha256:${'ab'.repeat(32)}`;

suite("the operator's pod", HELM_4.skip, () => {
  test('its image is named by tag, or by digest, which counts more; server pods run the same', async () => {
    const image = { repository: 'registry.example/anweddol', tag: '2' };
    const byTag = await operator({ image });
    assert.equal(byTag.container.image, 'registry.example/anweddol:2');
    assert.ok(byTag.args.includes('--server-image=registry.example/anweddol:2'));
    const { container, args } = await operator({ image: { ...image, digest: DIGEST }, serverImage: 'other:1' });
    assert.equal(container.image, `registry.example/anweddol@${DIGEST}`);
    assert.ok(args.includes('--server-image=other:1'));
  });

  test('the operator takes the arguments, and they say what the values say', async () => {
    const { args } = await operator(
      { scope: { namespaces: ['a', 'b'] }, clusterCIDRs: ['10.0.0.0/8', 'fd00::/8'], metrics: { port: 9000 } },
      { release: 'lab' },
    );
    const command = readCommand(args.slice(1), {});
    assert.ok(command.kind === 'run', JSON.stringify(command));
    const { namespaces, clusterCidrs, leaderElect, leaderElectResourceName } = command.options;
    assert.deepEqual(namespaces, ['a', 'b']);
    assert.deepEqual(clusterCidrs, ['10.0.0.0/8', 'fd00::/8']);
    assert.deepEqual(
      { leaderElect, leaderElectResourceName },
      { leaderElect: true, leaderElectResourceName: 'lab-anweddol-operator' },
    );
    assert.ok(args.includes('--metrics-address=:9000'));
  });

  test('without metrics it serves none, without election it asks for no lease', async () => {
    const { args, container } = await operator({ metrics: { enabled: false }, leaderElection: { enabled: false } });
    assert.ok(args.includes('--metrics-address=0') && args.includes('--leader-elect=false'));
    assert.deepEqual(
      container.ports?.map(({ name }) => name),
      ['health'],
    );
  });

  test('a change of the configuration file makes new pods', async () => {
    const annotation = async (concurrency: number) => {
      const { deployment } = await operator({ config: { concurrency } });
      return deployment.spec?.template.metadata?.annotations?.['anweddol.io/config-sha256'];
    };
    const [one, two] = [await annotation(1), await annotation(2)];
    assert.ok(one && two && one !== two);
  });

  test('where it runs, and what it has besides, is passed on', async () => {
    const { pod, container, deployment } = await operator(FULL_VALUES);
    const { priorityClassName, nodeSelector, tolerations, affinity, imagePullSecrets } = pod;
    assert.deepEqual(
      { priorityClassName, nodeSelector, tolerations, affinity, imagePullSecrets },
      {
        priorityClassName: FULL_VALUES.priorityClassName,
        nodeSelector: FULL_VALUES.nodeSelector,
        tolerations: FULL_VALUES.tolerations,
        affinity: FULL_VALUES.affinity,
        imagePullSecrets: [{ name: 'registry' }],
      },
    );
    assert.deepEqual(pod.topologySpreadConstraints?.[0]?.labelSelector, deployment.spec?.selector);
    assert.deepEqual(container.env, FULL_VALUES.extraEnv);
    assert.deepEqual(deployment.spec?.replicas, 2);
    const { labels, annotations } = deployment.spec?.template.metadata ?? {};
    assert.equal(labels?.tier, 'control');
    assert.equal(annotations?.note, 'here');
  });
});
