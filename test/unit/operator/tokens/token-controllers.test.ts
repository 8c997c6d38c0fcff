import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LABEL_COMPONENT, LABEL_SERVER } from '../../../../src/api/names.ts';
import type { AnweddolAccessToken, AnweddolServer } from '../../../../src/api/resources.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import type { Deployment, Pod } from '../../../../src/kube/resources.ts';
import { tokenControllers } from '../../../../src/operator/tokens/token-controllers.ts';
import { WorkQueue } from '../../../../src/runtime/work-queue.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { sampleServer } from '../../../support/sample-server.ts';

/** What the controller of the lists is told of. */
function lists() {
  const log = new RecordedLog();
  const servers = new ObjectStore<AnweddolServer>({ log });
  const pods = new ObjectStore<Pod>({ log });
  const tokens = new ObjectStore<AnweddolAccessToken>({ log });
  const deployments = new ObjectStore<Deployment>({ log });
  const queue = new WorkQueue({ clock: new FakeClock() });
  const [, ofLists] = tokenControllers({ caches: { servers, pods, tokens, deployments } });
  for (const watch of ofLists?.watches ?? []) watch.feed(queue);
  const looks = async (): Promise<boolean> => {
    const { depth } = queue;
    for (let left = depth; left > 0; left -= 1) queue.done((await queue.get()) ?? '');
    return depth > 0;
  };
  return { servers, pods, looks };
}

const podOf = (component: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `lab-${component}`,
    namespace: 'anweddol',
    labels: { [LABEL_SERVER]: 'lab', [LABEL_COMPONENT]: component },
  },
  spec: { containers: [] },
});

test('a list is looked at again for server pods, and not for those that containers run in', async () => {
  const { pods, looks } = lists();
  pods.put(podOf('container'));
  assert.equal(await looks(), false);
  pods.put(podOf('server'));
  assert.equal(await looks(), true);
  pods.remove(podOf('server'));
  assert.equal(await looks(), true);
});

test('a list is looked at again when its server is another one or is asked for otherwise, and not for its status', async () => {
  const { servers, looks } = lists();
  const server = sampleServer();
  servers.put(server);
  assert.equal(await looks(), true);
  servers.put({ ...server, status: { phase: 'Ready' } });
  assert.equal(await looks(), false);
  servers.put({ ...server, metadata: { ...server.metadata, generation: 2 } });
  assert.equal(await looks(), true);
  const another = { ...server, metadata: { ...server.metadata, generation: 2, uid: 'another' } };
  servers.put(another);
  assert.equal(await looks(), true);
  servers.remove(another);
  assert.equal(await looks(), true);
});
