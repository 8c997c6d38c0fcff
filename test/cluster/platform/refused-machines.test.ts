/** What servers and clients are told where the real API server refuses machines, or the pods that they run in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { Event } from '../../../src/kube/resources.ts';
import type { Store } from '../../../src/kube/store.ts';
import { watched } from '../../../src/kube/watched.ts';
import { ask, type Caller } from '../../../src/main/demo/walkthrough.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { readyServer, startTestLab, type TestLab } from '../../support/lab.ts';
import { PLANES } from '../../support/planes.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { suite } from '../../support/suite.ts';
import { NO_CONTROL_PLANE } from '../operator/fixture.ts';
import { podSecurity, policy, quota, type Refusal } from './refusals.ts';

/** A loopback address of the file's own. */
const HOST = '127.0.0.83';

interface Row {
  name: string;
  refusal: Refusal;
  platform: string;
  pool: string;
  /** Of the Event about a CREATE. */
  create: string;
  words: RegExp;
}

const ROWS: Row[] = [
  {
    name: 'a quota of machines that is used up',
    refusal: quota({ 'count/virtualmachineinstances.kubevirt.io': '0' }, 'machine'),
    ...{ platform: 'QuotaExceeded', pool: 'PoolQuotaExceeded', create: 'QuotaExceeded' },
    words: /is forbidden: exceeded quota: small, requested: count\/virtualmachineinstances/,
  },
  {
    name: 'a quota without room for the pod of a machine',
    refusal: quota({ 'requests.memory': '256Mi' }),
    ...{ platform: 'QuotaExceeded', pool: 'PoolQuotaExceeded', create: 'QuotaExceeded' },
    words: /pods "virt-launcher-\S+" is forbidden: exceeded quota: small, requested: requests\.memory=/,
  },
  {
    name: 'Pod Security',
    refusal: podSecurity('restricted'),
    ...{ platform: 'LauncherRefused', pool: 'PoolLauncherRefused', create: 'MachineRefused' },
    words: /pods "virt-launcher-\S+" is forbidden: violates PodSecurity "restricted:latest"/,
  },
  {
    name: 'an admission policy',
    refusal: policy('no machines in here'),
    ...{ platform: 'LauncherRefused', pool: 'PoolLauncherRefused', create: 'MachineRefused' },
    words: /pods "virt-launcher-\S+" is forbidden: ValidatingAdmissionPolicy .* no machines in here/,
  },
];

suite('machines that the real API server refuses', NO_CONTROL_PLANE, () => {
  let on: TestLab;
  let caller: Caller;
  let events: Store<Event>;
  const stop = new AbortController();
  before(async () => {
    const plane = PLANES.find(({ shared }) => shared);
    assert.ok(plane);
    on = await startTestLab(HOST, plane, { hollow: true });
    const key = await RSAWrapper.generate({ bits: 2048 });
    const server = await readyServer(on, 'lab', { keys: { bits: 2048 }, containers: { maxRunning: 2 } });
    caller = { server, key, signal: on.patience() };
    const watching = { clock, log: new RecordedLog(), signal: stop.signal };
    events = watched(on.lab.kube, Event, { namespace: on.namespace }, watching);
  });
  after(() => {
    stop.abort();
    return on?.close();
  });

  const place = () => ({ kube: on.lab.kube, namespace: on.namespace, patience: on.patience });
  const edit = (spec: object) =>
    on.lab.kube.mergePatch(AnweddolServer, { namespace: on.namespace, name: 'lab' }, { spec });
  const conditionOf = (type: string) =>
    on.lab.servers.get(`${on.namespace}/lab`)?.status?.conditions?.find((condition) => condition.type === type);
  const becomes = (type: string, reason: string, words: RegExp) =>
    on.lab.servers
      .waitFor(() => {
        const condition = conditionOf(type);
        return condition?.reason === reason && words.test(condition.message) ? condition : undefined;
      }, on.patience())
      .catch(() => assert.fail(JSON.stringify(on.lab.servers.get(`${on.namespace}/lab`)?.status, null, 1)));
  // What is the same is told of once in a while only.
  const isTold = (reason: string) =>
    events.list().some((event) => event.regarding?.name === 'lab' && event.reason === reason) || undefined;

  for (const [index, { name, refusal, platform, pool, create, words }] of ROWS.entries()) {
    test(`${name}: a client is told Unavailable, the platform is ${platform}, the pool ${pool}`, async () => {
      const lift = await refusal(place());
      try {
        const answer = await ask({ ...caller, signal: on.patience() }, 'CREATE');
        assert.deepEqual([answer.success, answer.message], [false, 'Unavailable']);
        await events.waitFor(() => isTold(create), on.patience());
        // Another machine than those that the platform was asked about before.
        await edit({ containers: { warm: 1, memory: `${100 + index}Mi` } });
        for (const [type, reason] of [
          ['PlatformReady', platform],
          ['PoolReady', pool],
        ] as const) {
          assert.equal((await becomes(type, reason, words)).status, 'False');
        }
      } finally {
        await lift();
      }
      await edit({ containers: { warm: 0 } });
      await on.lab.machines.waitFor((all) => all.list().length === 0 || undefined, on.patience());
    });
  }

  test('a quota without room for server pods: it is degraded, with what the quota says', async () => {
    await quota({ pods: '0' })(place());
    await edit({ replicas: 2 });
    const words = /^1 of 2 server pods are ready: pods "lab-server-\S+" is forbidden: exceeded quota: small,/;
    assert.equal((await becomes('Degraded', 'PodsRefused', words)).status, 'True');
    assert.equal(conditionOf('Ready')?.status, 'True');
  });
});
