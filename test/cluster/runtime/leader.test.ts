/** Leadership of processes that are killed, told to stop, and frozen. How long a takeover takes is for `test/bench/leader.ts`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMap, Lease } from '../../../src/kube/resources.ts';
import { kubeconfigOf, onEachServer } from '../kube/subjects.ts';
import type { ElectorSettings } from './elector.ts';
import { Elector } from './start-elector.ts';

const SHORT = { leaseDurationMs: 4_000, renewDeadlineMs: 3_000, retryMs: 500 };

onEachServer('leader election', (connected) => {
  const holderOf = async (name: string) => {
    const lease = await connected().client.get(Lease, { namespace: connected().namespace, name });
    return [lease?.spec?.holderIdentity, lease?.spec?.leaseTransitions];
  };
  const writesOf = async ({ identity }: Elector) => {
    const map = await connected().client.get(ConfigMap, { namespace: connected().namespace, name: identity });
    return Number(map?.data?.count);
  };
  /** One that leads, and one that waits. */
  const two = async (lease: string, times: ElectorSettings['times'], stack: AsyncDisposableStack) => {
    const { client, namespace, subject } = connected();
    const start = async (identity: string, event: string) => {
      const metadata = { namespace, name: identity };
      await client.create(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
      const kubeconfig = kubeconfigOf(subject, { token: subject.adminToken });
      const elector = stack.use(new Elector({ kubeconfig, namespace, lease, identity, ...(times && { times }) }));
      await elector.line(event);
      return elector;
    };
    return [await start(`${lease}-a`, 'leading'), await start(`${lease}-b`, 'waiting for the lease')] as const;
  };

  test('another process takes over when the leader is killed', async () => {
    await using stack = new AsyncDisposableStack();
    const [a, b] = await two('killed', SHORT, stack);
    await a.line('wrote', 3);
    a.signal('SIGKILL');
    await b.line('leading');
    assert.deepEqual(await holderOf('killed'), [b.identity, 1]);
    await b.line('wrote', 3);
  });

  test('a leader that is told to stop gives the lease back, however long it is', async () => {
    await using stack = new AsyncDisposableStack();
    const [a, b] = await two('stopped', { ...SHORT, leaseDurationMs: 3_600_000 }, stack);
    await a.line('wrote', 3);
    a.signal('SIGTERM');
    assert.equal(await a.exit(), 0);
    assert.equal(a.count('lease released'), 1);
    await b.line('leading');
    assert.deepEqual(await holderOf('stopped'), [b.identity, 1]);
  });

  test('a leader that was frozen until another led writes nothing when it runs on', async () => {
    await using stack = new AsyncDisposableStack();
    const [a, b] = await two('frozen', SHORT, stack);
    // Between two writes: what is on its way already nobody can call back.
    await a.line('wrote', 3);
    a.signal('SIGSTOP');
    await b.line('leading');
    const writes = await writesOf(a);
    assert.ok(writes >= 3);
    const refused = a.count('refused');
    a.signal('SIGCONT');
    await a.line('refused', refused + 20);
    assert.equal(await writesOf(a), writes);
    await a.line('leadership lost');
    assert.equal(b.count('leadership lost'), 0);
  });
});
