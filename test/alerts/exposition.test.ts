import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { operatorMetrics } from '../../src/observability/metrics/operator-metrics.ts';
import { createMetrics, observeBuild, observeProcess } from '../../src/observability/metrics.ts';
import { registries } from '../dashboards/registries.ts';
import { havePromtool, promtool } from './promtool.ts';

before(havePromtool);

async function check(exposition: string): Promise<void> {
  const { code, output } = await promtool(['check', 'metrics'], exposition);
  assert.deepEqual([code, output], [0, '']);
}

test('Prometheus’ own check finds nothing to say about what a server pod exports', async () => {
  await check(await registries().server.metrics());
});

test('nor about what an operator does that has servers', async () => {
  const { registry, queue, controller, leader, requests } = createMetrics();
  observeProcess(registry);
  observeBuild(registry, 'operator', '1.2.3');
  const metrics = operatorMetrics(registry);
  const server = { namespace: 'a', name: 'lab' };
  metrics.known(server);
  metrics.bootSucceeded(server, 'warm', 7);
  metrics.containerEnded({ namespace: 'a', name: 'gone' }, 'Orphaned');
  metrics.working(() => ({
    servers: [
      {
        server,
        slots: 6,
        warmWanted: 1,
        podsWanted: 2,
        podsReady: 2,
        containers: { running: 1, warm: 1, starting: 0, ending: 0 },
        stuck: 0,
        conditions: [{ type: 'Ready', status: 'True', reason: 'Ready' }],
        certificates: [{ certificate: 'tls', expiresAt: 1_800_000_000 }],
        tokens: { usable: 1, disabled: 0, expired: 0, leftOut: 0, broken: 0 },
      },
    ],
    orphans: { VirtualMachineInstance: 0, EndpointSlice: 0, AnweddolAccessToken: 0 },
  }));
  queue.observe('server', () => [1]);
  queue.waited('server', 0.1);
  controller.workers('server', 4);
  controller.reconciled('server', 'success', 0.1);
  leader.leading('lease', true);
  requests.answered({ method: 'GET', host: 'api:6443', code: '200', seconds: 0.01 });
  await check(await registry.metrics());
});
