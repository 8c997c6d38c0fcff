import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EndpointSlice, Service } from '../../../../src/kube/resources.ts';
import { type TestCluster, testCluster } from '../node/cluster-fixture.ts';

// Each test has addresses of its own, so that test files can run side by side.
const PORT = 26_150;

test('connections go to the ready endpoints in turn, and the Service has its address', async (t) => {
  const cluster = await testCluster(t, { host: '127.0.71.1' });
  await backend(t, '127.244.252.1', (socket) => socket.end('one'));
  await backend(t, '127.244.252.2', (socket) => socket.end('two'));
  await serve(cluster, ['10.244.252.1', '10.244.252.2']);
  assert.deepEqual([await ask('127.0.71.1'), await ask('127.0.71.1'), await ask('127.0.71.1')].slice(1).sort(), [
    'one',
    'two',
  ]);
  const service = await addressed(cluster);
  assert.deepEqual(service.status?.loadBalancer?.ingress?.[0]?.ip, '127.0.71.1');
});

test('a side that has finished sending still receives, and big answers arrive whole', async (t) => {
  const cluster = await testCluster(t, { host: '127.0.71.2' });
  const size = 8 << 20;
  await backend(t, '127.244.252.3', (socket) => {
    text(socket).then((question) => socket.end(Buffer.alloc(size, question)));
  });
  await serve(cluster, ['10.244.252.3']);
  const socket = await connected('127.0.71.2');
  socket.end('?');
  const answer = await text(socket);
  assert.equal(answer.length, size);
});

test('a connection lives on when its endpoint is withdrawn; new ones are refused', async (t) => {
  const cluster = await testCluster(t, { host: '127.0.71.3' });
  await backend(t, '127.244.252.4', (socket) => socket.pipe(socket));
  await serve(cluster, ['10.244.252.4']);
  const session = await connected('127.0.71.3');
  t.after(() => session.destroy());
  session.write('before');
  assert.equal(String((await once(session, 'data'))[0]), 'before');
  await cluster.client.delete(EndpointSlice, { namespace: 'default', name: 'lab-slice' });
  await refused('127.0.71.3', cluster.patience);
  session.write('after');
  assert.equal(String((await once(session, 'data'))[0]), 'after');
});

test('the end of either side is the end of the other', async (t) => {
  const cluster = await testCluster(t, { host: '127.0.71.4' });
  const accepted = Promise.withResolvers<Socket>();
  await backend(t, '127.244.252.5', (socket) => accepted.resolve(socket));
  await serve(cluster, ['10.244.252.5']);
  const session = await connected('127.0.71.4');
  (await accepted.promise).resetAndDestroy();
  await assert.rejects(text(session), { code: 'ECONNRESET' });
});

test('a port that somebody else has is told, and taken when it is free', async (t) => {
  const blocker = createServer().listen({ host: '127.0.71.5', port: PORT });
  await once(blocker, 'listening');
  t.after(() => blocker.close());
  const cluster = await testCluster(t, { host: '127.0.71.5' });
  await backend(t, '127.244.252.6', (socket) => socket.end('here'));
  await serve(cluster, ['10.244.252.6']);
  const services = cluster.store(Service);
  const open = (status: string) => (all: typeof services) =>
    all
      .get('default/lab')
      ?.status?.conditions?.find((one) => one.type === 'LoadBalancerPortsOpen' && one.status === status);
  const problem = await services.waitFor(open('False'), cluster.patience);
  assert.match(problem.message, /EADDRINUSE/);
  blocker.close();
  await services.waitFor(open('True'), cluster.patience);
  assert.equal(await ask('127.0.71.5'), 'here');
});

async function backend(t: TestContext, host: string, take: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    take(socket);
  });
  t.after(() => server.close());
  server.listen({ host, port: PORT });
  await once(server, 'listening');
  return server;
}

/** A Service without a selector, its slice made here, as the operator makes those of machines. */
async function serve(cluster: TestCluster, addresses: string[]): Promise<void> {
  const { client } = cluster;
  const metadata = { name: 'lab', namespace: 'default' };
  const spec = { type: 'LoadBalancer', ports: [{ name: 'x', port: PORT, protocol: 'TCP' }] };
  await client.create(Service, { apiVersion: 'v1', kind: 'Service', metadata, spec });
  await client.create(EndpointSlice, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'lab-slice', namespace: 'default', labels: { 'kubernetes.io/service-name': 'lab' } },
    addressType: 'IPv4',
    ports: [{ name: 'x', port: PORT, protocol: 'TCP' }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  });
}

function addressed(cluster: TestCluster): Promise<Service> {
  return cluster.store(Service).waitFor((all) => {
    const service = all.get('default/lab');
    return service?.status?.loadBalancer?.ingress?.length ? service : undefined;
  }, cluster.patience);
}

/** What the backend says. */
async function ask(host: string): Promise<string> {
  return text(await connected(host));
}

/** Connects as soon as the port is open. */
async function connected(host: string): Promise<Socket> {
  const deadline = AbortSignal.timeout(10_000);
  while (true) {
    const socket = connect({ host, port: PORT, allowHalfOpen: true });
    if (await isConnected(socket)) return socket;
    await sleep(20, undefined, { signal: deadline });
  }
}

async function refused(host: string, signal: AbortSignal): Promise<void> {
  while (true) {
    const socket = connect({ host, port: PORT });
    if (!(await isConnected(socket))) return;
    socket.destroy();
    await sleep(20, undefined, { signal });
  }
}

function isConnected(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
}
