import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Image } from '../../../../src/embedded/node/images/image-catalogue.ts';
import { keyOf } from '../../../../src/kube/objects.ts';
import { Pod, Secret } from '../../../../src/kube/resources.ts';
import type { Store } from '../../../../src/kube/store.ts';
import { type TestCluster, testCluster } from './cluster-fixture.ts';

type PodSpec = NonNullable<Pod['spec']>;
type Container = PodSpec['containers'][number];

const NAME = { namespace: 'default', name: 'pod' };

test('a program runs with its variables, its mounted Secret and its service account', async (t) => {
  const cluster = await clusterOf(
    t,
    `import { readFileSync, statSync } from 'node:fs';
     const read = (path) => readFileSync(path, 'utf8');
     const account = '/var/run/secrets/kubernetes.io/serviceaccount';
     console.log(JSON.stringify({
       secret: read('/etc/secret/key'), mode: (statSync('/etc/secret/key').mode & 0o777).toString(8),
       namespace: read(account + '/namespace'), ca: read(account + '/ca.crt').startsWith('-----BEGIN'),
       token: read(account + '/token').split('.').length, address: process.env.POD_IP, greeting: process.env.GREETING,
       password: process.env.PASSWORD, api: process.env.KUBERNETES_SERVICE_HOST, args: process.argv.slice(2),
     }));
     setInterval(() => {}, 1000);`,
  );
  await createSecret(cluster, 'secret', { key: 'value' });
  const container = {
    args: ['--name', '$(POD_NAME)'],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'GREETING', value: 'hello $(POD_NAME)' },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'secret', key: 'key' } } },
    ],
    volumeMounts: [{ name: 'secret', mountPath: '/etc/secret' }],
  };
  const volumes = [{ name: 'secret', secret: { secretName: 'secret', defaultMode: 0o400 } }];
  const pods = await createPod(cluster, container, { volumes });
  const pod = await pods.waitFor((store) => ready(store), cluster.patience);
  const said = JSON.parse(await firstLine(cluster, pod));
  assert.deepEqual(said, {
    secret: 'value',
    mode: '400',
    namespace: 'default',
    ca: true,
    token: 3,
    address: pod.status?.podIP,
    greeting: 'hello pod',
    password: 'value',
    api: '127.0.0.1',
    args: ['--name', 'pod'],
  });
  assert.match(pod.status?.podIP ?? '', /^10\.244\./);
});

test('a mounted Secret follows its object', async (t) => {
  const cluster = await clusterOf(
    t,
    `import { readFileSync } from 'node:fs';
     let last;
     setInterval(() => {
       const now = readFileSync('/etc/secret/key', 'utf8');
       if (now !== last) console.log(last = now);
     }, 20);`,
  );
  await createSecret(cluster, 'secret', { key: 'first' });
  const volumes = [{ name: 'secret', secret: { secretName: 'secret' } }];
  const pods = await createPod(cluster, { volumeMounts: [{ name: 'secret', mountPath: '/etc/secret' }] }, { volumes });
  const pod = await pods.waitFor((store) => ready(store), cluster.patience);
  assert.equal(await firstLine(cluster, pod), 'first');
  await cluster.client.mergePatch(Secret, { namespace: 'default', name: 'secret' }, { stringData: { key: 'second' } });
  for await (const text of follow(cluster, pod)) if (text.includes('second')) return;
});

test('an image that is not to be had is reported as a kubelet reports it', async (t) => {
  const cluster = await clusterOf(t, '');
  const pods = await createPod(cluster, { image: 'nowhere:1' });
  const waiting = await pods.waitFor((store) => {
    const pod = store.get(keyOf(NAME));
    const state = pod?.status?.containerStatuses?.[0]?.state?.waiting;
    return state?.reason === 'ErrImagePull' ? { pod, state } : undefined;
  }, cluster.patience);
  assert.match(waiting.state.message ?? '', /nowhere:1.*not found/);
  assert.equal(waiting.pod?.status?.phase, 'Pending');
});

test('a container that waits for a missing Secret says so, and starts when it is there', async (t) => {
  const cluster = await clusterOf(t, 'setInterval(() => {}, 1000)');
  const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 'late', key: 'key' } } }];
  const pods = await createPod(cluster, { env });
  await pods.waitFor((store) => {
    const waiting = store.get(keyOf(NAME))?.status?.containerStatuses?.[0]?.state?.waiting;
    return (
      (waiting?.reason === 'CreateContainerConfigError' && /"late" not found/.test(waiting.message ?? '')) || undefined
    );
  }, cluster.patience);
  await createSecret(cluster, 'late', { key: 'value' });
  await pods.waitFor((store) => ready(store), cluster.patience);
});

test('a killed program starts again, and its last end is told', async (t) => {
  const cluster = await clusterOf(t, 'setInterval(() => {}, 1000)');
  const pods = await createPod(cluster, {});
  const pod = await pods.waitFor((store) => ready(store), cluster.patience);
  const id = pod.status?.containerStatuses?.[0]?.containerID ?? '';
  process.kill(Number(id.replace('process://', '')), 'SIGKILL');
  const status = await pods.waitFor((store) => {
    const one = ready(store)?.status?.containerStatuses?.[0];
    return one?.restartCount === 1 ? one : undefined;
  }, cluster.patience);
  assert.equal(status.lastState?.terminated?.exitCode, 137);
  assert.equal(status.lastState?.terminated?.signal, 9);
  assert.notEqual(status.containerID, id);
});

test('a program that crashes twice is backed off, its last words in its status', async (t) => {
  const cluster = await clusterOf(t, `console.error('this is wrong'); process.exit(3);`);
  const pods = await createPod(cluster, { terminationMessagePolicy: 'FallbackToLogsOnError' });
  const status = await pods.waitFor((store) => {
    const one = store.get(keyOf(NAME))?.status?.containerStatuses?.[0];
    return one?.state?.waiting?.reason === 'CrashLoopBackOff' ? one : undefined;
  }, cluster.patience);
  assert.equal(status.restartCount, 1);
  assert.equal(status.lastState?.terminated?.exitCode, 3);
  assert.match(status.lastState?.terminated?.message ?? '', /this is wrong/);
});

test('a pod that is never to restart ends with its program', async (t) => {
  const cluster = await clusterOf(
    t,
    `import { writeFileSync } from 'node:fs'; writeFileSync('/dev/termination-log', 'bye');`,
  );
  const pods = await createPod(cluster, {}, { restartPolicy: 'Never' });
  const pod = await pods.waitFor((store) => {
    const one = store.get(keyOf(NAME));
    return one?.status?.phase === 'Succeeded' ? one : undefined;
  }, cluster.patience);
  assert.equal(pod.status?.containerStatuses?.[0]?.state?.terminated?.message, 'bye');
});

test('a deleted pod is asked to end, has its grace, and leaves neither object nor file', async (t) => {
  const cluster = await clusterOf(
    t,
    `process.on('SIGTERM', () => { console.log('asked'); setTimeout(() => process.exit(0), 100); });
     setInterval(() => {}, 1000);
     console.log('up');`,
  );
  const pods = await createPod(cluster, {});
  const pod = await pods.waitFor((store) => ready(store), cluster.patience);
  assert.equal(await firstLine(cluster, pod), 'up');
  const said: string[] = [];
  const reading = (async () => {
    for await (const text of follow(cluster, pod)) said.push(text);
  })();
  await cluster.client.delete(Pod, NAME);
  await pods.waitFor((store) => (store.get(keyOf(NAME)) ? undefined : true), cluster.patience);
  await reading;
  assert.match(said.join(''), /asked/);
  assert.deepEqual(readdirSync(join(cluster.folder, 'node', 'pods')), []);
});

test('a program that does not listen is killed when its grace is over', async (t) => {
  const cluster = await clusterOf(
    t,
    `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up');`,
  );
  const pods = await createPod(cluster, {}, { terminationGracePeriodSeconds: 1 });
  const pod = await pods.waitFor((store) => ready(store), cluster.patience);
  await firstLine(cluster, pod);
  await cluster.client.delete(Pod, NAME);
  await pods.waitFor((store) => (store.get(keyOf(NAME)) ? undefined : true), cluster.patience);
});

test('a readiness probe makes a pod ready, and unready again', async (t) => {
  const cluster = await clusterOf(
    t,
    `import { createServer } from 'node:http';
     let healthy = true;
     createServer((request, response) => {
       if (request.url === '/break') healthy = false;
       response.writeHead(healthy ? 200 : 503).end();
     }).listen(Number(8080));`,
  );
  const readinessProbe = { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1, failureThreshold: 1 };
  const pods = await createPod(cluster, { readinessProbe, ports: [{ name: 'http', containerPort: 8080 }] });
  const pod = await pods.waitFor((store) => ready(store), cluster.patience);
  await fetch(`http://${pod.status?.podIP?.replace('10.', '127.')}:8080/break`);
  await pods.waitFor((store) => (ready(store) ? undefined : true), cluster.patience);
});

test('a folder from an image is mounted for reading', async (t) => {
  const content = mkdtempSync(join(tmpdir(), 'image-'));
  t.after(() => rmSync(content, { recursive: true }));
  writeFileSync(join(content, 'file'), 'from the image');
  const images = new Map<string, Image>([['content:1', { kind: 'disk', path: content }]]);
  const cluster = await clusterOf(
    t,
    `import fs from 'node:fs'; console.log(fs.readFileSync('/content/file', 'utf8'));`,
    images,
  );
  const volumes = [{ name: 'content', image: { reference: 'content:1' } }];
  const pods = await createPod(
    cluster,
    { volumeMounts: [{ name: 'content', mountPath: '/content' }] },
    { volumes, restartPolicy: 'Never' },
  );
  const pod = await pods.waitFor(
    (store) => (store.get(keyOf(NAME))?.status?.phase === 'Succeeded' && store.get(keyOf(NAME))) || undefined,
    cluster.patience,
  );
  assert.equal(await firstLine(cluster, pod), 'from the image');
});

test('a closed cluster leaves no process and no file of its node', async (t) => {
  const cluster = await clusterOf(t, 'setInterval(() => {}, 1000)');
  const pods = await createPod(cluster, {});
  const pod = await pods.waitFor((store) => ready(store), cluster.patience);
  const pid = Number(pod.status?.containerStatuses?.[0]?.containerID?.replace('process://', ''));
  await cluster.close();
  assert.throws(() => process.kill(pid, 0));
  assert.ok(!existsSync(join(cluster.folder, 'node')));
});

/** A cluster whose image `program:1` is this program. */
async function clusterOf(t: TestContext, program: string, more = new Map<string, Image>()): Promise<TestCluster> {
  const root = mkdtempSync(join(tmpdir(), 'program-'));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'main.mjs'), program);
  const command = [process.execPath, join(root, 'main.mjs')];
  return testCluster(t, { images: new Map([...more, ['program:1', { kind: 'program', command, root }]]) });
}

async function createPod(
  { client, store }: TestCluster,
  container: Partial<Container>,
  spec: Partial<PodSpec> = {},
): Promise<Store<Pod>> {
  const containers = [{ name: 'program', image: 'program:1', ...container }];
  await client.create(Pod, { apiVersion: 'v1', kind: 'Pod', metadata: NAME, spec: { ...spec, containers } });
  return store(Pod);
}

async function createSecret({ client }: TestCluster, name: string, stringData: Record<string, string>): Promise<void> {
  const metadata = { name, namespace: 'default' };
  await client.create(Secret, { apiVersion: 'v1', kind: 'Secret', metadata, stringData });
}

function ready(store: Store<Pod>): Pod | undefined {
  const pod = store.get(keyOf(NAME));
  const isReady = pod?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return isReady ? pod : undefined;
}

function follow(cluster: TestCluster, pod: Pod): AsyncIterable<string> {
  const log = cluster.node.logs({ uid: pod.metadata.uid ?? '' });
  assert.ok(log);
  return log.follow(undefined, cluster.patience);
}

async function firstLine(cluster: TestCluster, pod: Pod): Promise<string> {
  for await (const text of follow(cluster, pod)) return text.split('\n')[0] ?? '';
  return '';
}
