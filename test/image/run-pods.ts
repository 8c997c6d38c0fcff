/** The part of a kubelet that matters here: runs the container of a pod, and looks at it from outside. */
import { chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeClient } from '../../src/kube/client.ts';
import type { Pod } from '../../src/kube/resources.ts';
import { Container } from './container.ts';
import type { RunFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import { memoryRoot, memoryUse } from './memory-cgroup.ts';
import { podMounts } from './pod-mounts.ts';
import { type ContainerWish, runtimeConfig } from './runtime-config.ts';

/** Under the default limits of both programs. */
const MEMORY = 160 * 2 ** 20;
const HEALTH = 'http://127.0.0.1:8081/readyz';

export interface Ground {
  kube: KubeClient;
  /** Such as `https://127.0.0.1:41234`. */
  apiUrl: string;
  layout: Layout;
  /** The image, unpacked. */
  rootfs: string;
  /** Unpacked images that volumes may be of, by name. */
  images: ReadonlyMap<string, string>;
  folder: string;
  cgroup: string;
  signal: AbortSignal;
}

export interface Run {
  /** Its own, also when the same pod runs again. */
  name: string;
  pod: Pod;
}

/** Runs a program that serves, until it was used. @throws Error with what the container wrote, when that fails */
export async function serve(
  run: Run & { metrics: string; use: (container: Container) => Promise<void> },
  ground: Ground,
): Promise<RunFacts> {
  const { name, pod, metrics, use } = run;
  const { signal, cgroup } = ground;
  const memory = await memoryRoot();
  const mounts = await mountsOf({ name, pod }, ground);
  const started = performance.now();
  await using container = await start({ name, pod }, mounts, memory !== undefined, ground);
  await container.until(async () => ((await fetch(HEALTH, { signal })).ok ? true : undefined), signal);
  const readyMs = performance.now() - started;
  await use(container).catch((error: Error) => {
    throw new Error(`${name}: ${error.message}; it wrote:\n${container.output}`, { cause: error });
  });
  const used = memory ? await memoryUse(memory, `${cgroup}/${name}`) : { limit: 0, resident: 0 };
  const [root = ''] = (await container.proc('mounts')).split('\n');
  return {
    readyMs,
    resident: used.resident,
    memoryLimit: used.limit,
    status: statusFields(await container.proc('status')),
    readOnlyRoot: /^\S+ \/ \S+ ro[, ]/.test(root),
    metrics: await (await fetch(metrics, { signal })).text(),
    end: await container.stop(),
    output: container.output,
  };
}

/** Runs a program to its end. @returns its exit code, and the message that it left */
export async function finish({ name, pod }: Run, ground: Ground): Promise<{ code: number | null; said: string }> {
  const words = join(ground.folder, `${name}.termination-log`);
  await writeFile(words, '');
  const mounts = [
    ...(await mountsOf({ name, pod }, ground)),
    { source: words, path: '/dev/termination-log', writable: true },
  ];
  await ownedByImage(words, ground);
  await using container = await start({ name, pod }, mounts, (await memoryRoot()) !== undefined, ground);
  const code = await container.wait();
  return { code, said: (await readFile(words, 'utf8')) || container.output };
}

function mountsOf({ name, pod }: Run, ground: Ground): Promise<ContainerWish['mounts']> {
  const { kube, images, signal } = ground;
  return podMounts(kube, pod, {
    folder: join(ground.folder, `${name}-volumes`),
    owner: ownerOf(ground),
    images,
    signal,
  });
}

function start(
  { name, pod }: Run,
  mounts: ContainerWish['mounts'],
  limited: boolean,
  { apiUrl, layout, rootfs, folder, cgroup }: Ground,
): Promise<Container> {
  const [wanted] = pod.spec?.containers ?? [];
  const { hostname, port } = new URL(apiUrl);
  const config = runtimeConfig({
    image: layout.config.config,
    rootfs,
    command: wanted?.command,
    args: wanted?.args ?? [],
    env: {
      ...Object.fromEntries((wanted?.env ?? []).map(({ name, value = '' }) => [name, value])),
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    },
    mounts,
    memory: limited ? MEMORY : undefined,
    cgroup: `/${cgroup}/${name}`,
  });
  return Container.run(join(folder, name), config);
}

async function ownedByImage(path: string, ground: Ground): Promise<void> {
  const [uid = 0, gid = 0] = ownerOf(ground).split(':').map(Number);
  await chown(path, uid, gid);
}

function ownerOf({ layout }: Ground): string {
  return layout.config.config.User ?? '0:0';
}

function statusFields(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.split(/:\s+/))
      .filter(({ length }) => length === 2),
  );
}
