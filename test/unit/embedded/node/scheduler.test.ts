import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Node, Pod } from '../../../../src/kube/resources.ts';
import type { Store } from '../../../../src/kube/store.ts';
import { type TestCluster, testCluster } from './cluster-fixture.ts';

const pod = (name: string, nodeSelector?: Record<string, string>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'default', name },
  spec: { ...(nodeSelector && { nodeSelector }), containers: [{ name: 'main', image: 'unknown:1' }] },
});

/** Resolves once the pod says so of its scheduling. */
function told(pods: Store<Pod>, name: string, why: string, { patience }: TestCluster): Promise<true> {
  const isTold = (store: Store<Pod>) => {
    const conditions = store.get(`default/${name}`)?.status?.conditions ?? [];
    const condition = conditions.find(({ type }) => type === 'PodScheduled');
    return (condition?.reason === 'Unschedulable' && condition.message?.includes(why)) || undefined;
  };
  return pods.waitFor(isTold, patience);
}

const nodeOf = (pods: Store<Pod>, { patience }: TestCluster) =>
  pods.waitFor((store) => store.get('default/waiting')?.spec?.nodeName, patience);

async function nodeName(cluster: TestCluster): Promise<string> {
  return cluster.store(Node).waitFor((store) => store.list()[0]?.metadata.name, cluster.patience);
}

test('a cordoned node gets no pod, the pod says why, and is given to the node when that is open again', async (t) => {
  const cluster = await testCluster(t);
  const pods = cluster.store(Pod);
  const name = await nodeName(cluster);
  await cluster.client.mergePatch(Node, { name }, { spec: { unschedulable: true } });
  // One that never fits tells that the scheduler has heard of it.
  await cluster.client.create(Pod, pod('sentinel', { disk: 'fast' }));
  await told(pods, 'sentinel', '1 node(s) were unschedulable', cluster);
  await cluster.client.create(Pod, pod('waiting'));
  await told(pods, 'waiting', '1 node(s) were unschedulable', cluster);
  assert.equal(pods.get('default/waiting')?.spec?.nodeName, undefined);
  await cluster.client.mergePatch(Node, { name }, { spec: { unschedulable: null } });
  assert.equal(await nodeOf(pods, cluster), name);
});

test('a pod that asks for a label that the node has not waits, and says so', async (t) => {
  const cluster = await testCluster(t);
  const pods = cluster.store(Pod);
  await nodeName(cluster);
  await cluster.client.create(Pod, pod('waiting', { disk: 'fast' }));
  await told(pods, 'waiting', "didn't match Pod's node affinity/selector", cluster);
  assert.equal(pods.get('default/waiting')?.spec?.nodeName, undefined);
});
