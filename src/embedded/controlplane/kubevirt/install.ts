import { readFile } from 'node:fs/promises';
import type { KubeClient } from '../../../kube/client.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { CustomResourceDefinition } from '../../../kube/resources.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { foundations, KUBEVIRT, KubeVirt, kubevirt, kubevirtStatus, onThisMachine, resourceOf } from './manifests.ts';

const FIELD_MANAGER = 'virt-operator';
/** Requests at a time: there are sixty of them. */
const AT_A_TIME = 8;

export interface Installation {
  client: KubeClient;
  clock: Clock;
  signal: AbortSignal;
}

export interface Manifests {
  /** Of KubeVirt, such as `v1.7.0`. */
  version: string;
  webhooks: KubeObject[];
  others: KubeObject[];
}

/** What KubeVirt's program printed when it was built. */
export async function readManifests(path: string): Promise<Manifests> {
  const list: { kubevirtVersion: string; items: KubeObject[] } = JSON.parse(await readFile(path, 'utf8'));
  const webhooks = list.items.filter((item) => 'webhooks' in item);
  return { version: list.kubevirtVersion, webhooks, others: list.items.filter((item) => !('webhooks' in item)) };
}

/** Everything but the webhooks, which refuse every machine while nobody answers them. */
export async function installKubeVirt(
  manifests: KubeObject[],
  options: { caPem: string; version: string },
  installation: Installation,
): Promise<void> {
  const { client, signal } = installation;
  await applyAll(foundations(options.caPem), installation);
  await applyAll(manifests, installation);
  await established(manifests, installation);
  await applyAll([kubevirt()], installation);
  const patch = { status: kubevirtStatus(options.version) };
  await client.mergePatch(KubeVirt, KUBEVIRT, patch, { subresource: 'status', signal });
}

export function installWebhooks(
  webhooks: KubeObject[],
  options: { port: number; caPem: string },
  installation: Installation,
): Promise<void> {
  return applyAll(
    webhooks.map((webhook) => onThisMachine(webhook, options.port, options.caPem)),
    installation,
  );
}

async function applyAll(objects: KubeObject[], { client, signal }: Installation): Promise<void> {
  const waiting = [...objects];
  const work = async () => {
    for (let object = waiting.shift(); object; object = waiting.shift()) {
      await client.apply(resourceOf(object), object, { fieldManager: FIELD_MANAGER, force: true, signal });
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

/** Until then the API server does not know the resources. */
async function established(manifests: KubeObject[], { client, clock, signal }: Installation): Promise<void> {
  const names = manifests
    .filter(({ kind }) => kind === CustomResourceDefinition.kind)
    .map(({ metadata }) => metadata.name);
  for (;;) {
    const { items } = await client.list(CustomResourceDefinition, {}, { signal });
    const ready = new Set(
      items
        .filter(({ status }) =>
          status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True'),
        )
        .map(({ metadata }) => metadata.name),
    );
    if (names.every((name) => ready.has(name))) return;
    await clock.sleep(100, signal);
  }
}
