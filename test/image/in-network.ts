/**
 * Runs the image's programs one after the other, as pods of an API server in memory, and prints what was seen as one line of
 * JSON. It needs runc, and a network namespace of its own where only loopback is: isolated.ts starts it.
 *
 * Arguments: the layout, the layout of the ISO, an empty folder, the name of a cgroup, a file with the chart's pods of hooks.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnweddolServer } from '../../src/api/resources.ts';
import { startInMemoryControlPlane } from '../../src/embedded/cluster/start-in-memory-control-plane.ts';
import { createKubeClient } from '../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import { Pod } from '../../src/kube/resources.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { watched } from '../../src/kube/watched.ts';
import { applyManifests, manifestsOf } from '../../src/main/demo/manifests.ts';
import { ask } from '../../src/main/demo/walkthrough.ts';
import { createLog } from '../../src/observability/log.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { statistics } from '../../src/wire/response.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import type { Facts, RunFacts } from './facts.ts';
import { readLayout, unpack } from './layout.ts';
import { finish, type Ground, serve } from './run-pods.ts';

const PATIENCE_MS = 90_000;
const SERVER = { host: '127.0.0.1', port: 6150 };
const OPERATOR_METRICS = 'http://127.0.0.1:8080/metrics';
const SERVER_METRICS = 'http://127.0.0.1:9090/metrics';
const ISO_IMAGE = 'registry.example/anweddol-iso:1';

const [imagePath = '', isoPath = '', folder = '', cgroup = '', hooksPath = ''] = process.argv.slice(2);
const signal = AbortSignal.timeout(PATIENCE_MS);
const log = createLog('image-test', 'silent');
const [layout, iso] = [await readLayout(imagePath), await readLayout(isoPath)];
const [rootfs, disk] = [join(folder, 'rootfs'), join(folder, 'disk')];
await unpack(layout, rootfs);
await unpack(iso, disk);

const controlPlane = await startInMemoryControlPlane({ clock, log });
const transport = createTransport(loadKubeConfig({ kubeconfig: controlPlane.kubeconfig() }), { clock });
const kube = createKubeClient(transport);
const watching = new AbortController();
const pods = watched(kube, Pod, {}, { clock, log, signal: watching.signal });
const images = new Map([[ISO_IMAGE, disk]]);
const hookPods: Pod[] = JSON.parse(await readFile(hooksPath, 'utf8'));
const hooks: Facts['hooks'] = {};
const ground: Ground = { kube, apiUrl: controlPlane.url, layout, rootfs, images, folder, cgroup, signal };
try {
  await applyManifests(kube, [...(await manifestsOf('crds')), ...(await manifestsOf('deploy/operator'))], signal);
  await runHook('await-crds');
  const operator = await runOperator('operator', async () => {
    await applyServer();
    await podOf('iso-digest');
  });
  const isoDigest = await checkIso();
  const operatorAgain = await runOperator('operator-again', async () => void (await podOf('server')));
  const facts: Facts = { operator, isoDigest, operatorAgain, server: await runServer(), hooks };
  process.stdout.write(`${JSON.stringify(facts)}\n`);
} finally {
  watching.abort();
  await transport.close();
  await controlPlane.close();
}

async function runOperator(name: string, use: () => Promise<void>): Promise<RunFacts> {
  return serve({ name, pod: await podOf('operator'), metrics: OPERATOR_METRICS, use }, ground);
}

/** Runs the pod that the operator has made for it, and leaves its message where a kubelet does. */
async function checkIso(): Promise<Facts['isoDigest']> {
  const pod = await podOf('iso-digest');
  const ended = await finish({ name: 'iso-digest', pod }, ground);
  if (ended.code !== 0) throw new Error(`iso-digest ended with ${ended.code}: ${ended.said}`);
  const state = {
    terminated: { exitCode: ended.code, message: ended.said, finishedAt: new Date().toISOString() },
  };
  const status = {
    phase: 'Succeeded',
    containerStatuses: [{ name: 'check', image: '', imageID: '', ready: false, restartCount: 0, state }],
  };
  await kube.mergePatch(Pod, pod.metadata, { status }, { subresource: 'status', signal });
  return ended;
}

async function runServer(): Promise<Facts['server']> {
  const answers: unknown[] = [];
  const facts = await serve(
    {
      name: 'server',
      pod: await podOf('server'),
      metrics: SERVER_METRICS,
      use: async (container) => {
        const key = await RSAWrapper.generate({ bits: 2048 });
        answers.push(statistics((await ask({ server: SERVER, key, signal }, 'STAT')).data));
        answers.push(JSON.parse(await container.exec('anwdl', 'stat', SERVER.host, '--insecure', '-o', 'json')));
        await runHook('stat');
      },
    },
    ground,
  );
  return { ...facts, statistics: answers[0], anwdl: answers[1] };
}

/** As helm does: makes the pod, and waits until it has ended. */
async function runHook(name: string): Promise<void> {
  const wanted = hookPods.find(({ metadata }) => metadata.name.endsWith(`-${name}`));
  if (wanted) hooks[name] = await finish({ name, pod: await kube.create(Pod, wanted, { signal }) }, ground);
}

/** The first pod of this program, once it is there. */
async function podOf(program: string): Promise<Pod> {
  const runs = (pod: Pod) => pod.spec?.containers?.[0]?.args?.[0] === program;
  try {
    return await pods.waitFor((objects) => objects.list().find(runs), signal);
  } catch (error) {
    throw new Error(`no pod of ${program} has been made`, { cause: error });
  }
}

async function applyServer(): Promise<void> {
  const { Labels: labels } = iso.config.config;
  const manifest = {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolServer',
    metadata: { name: 'lab', namespace: 'default' },
    spec: {
      replicas: 1,
      keys: { bits: 2048 },
      iso: { image: ISO_IMAGE, sha256: labels['io.anweddol.iso.sha256'] },
    },
  };
  const options = { fieldManager: 'test', force: true, signal };
  await kube.apply(AnweddolServer, manifest as unknown as AnweddolServer, options);
}
