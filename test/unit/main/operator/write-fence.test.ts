import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKubeClient } from '../../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../../src/kube/load.ts';
import { ConfigMap } from '../../../../src/kube/resources.ts';
import { createTransport } from '../../../../src/kube/transport.ts';
import { WriteFence } from '../../../../src/main/operator/write-fence.ts';
import { Fence } from '../../../../src/runtime/leader/fence.ts';
import { LeadershipLost, TimedLeadership } from '../../../../src/runtime/leader/leadership.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { ScriptedApiServer, sendJson } from '../../../support/scripted-api-server.ts';

test('a standby reads and does not write, a leader writes until its time is over', async (t) => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'lab', name: 'one' } };
  const server = await ScriptedApiServer.start((_, response) => sendJson(response, 200, object));
  const fence = new WriteFence();
  const transport = createTransport(loadKubeConfig({ kubeconfig: server.kubeconfig() }), {
    clock: systemClock,
    beforeWrite: () => fence.check(),
  });
  t.after(async () => {
    await transport.close();
    await server.close();
  });
  const kube = createKubeClient(transport);
  const write = () => kube.create(ConfigMap, object);
  const writes = () => server.requests.filter(({ method }) => method !== 'GET').length;

  assert.ok(await kube.get(ConfigMap, object.metadata));
  await assert.rejects(write(), LeadershipLost);
  assert.equal(writes(), 0);

  const clock = new FakeClock();
  const leadership = new TimedLeadership(clock, 10_000, Fence.moment(clock));
  fence.open(leadership);
  await write();
  assert.equal(writes(), 1);

  await clock.advance(10_000);
  await assert.rejects(write(), LeadershipLost);
  assert.equal(writes(), 1);
});
