/**
 * What the operator has made, made again by a loop that decides nothing, with the same kinds of requests. What the operator took
 * in the same run, as a multiple of that, says how far it is from somebody who only writes; other kinds of requests may be faster.
 */
import { FIELD_MANAGER, LABEL_MANAGED_BY } from '../../../src/api/names.ts';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { type KubeObject, keyOf, type Resource } from '../../../src/kube/objects.ts';
import { Namespace, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import type { Lab } from '../../../src/main/demo/lab.ts';
import { isReady } from '../../../src/virtualization/kubevirt/machine-state.ts';
import { type Ground, removeNamespace } from './ground.ts';
import { inParallel } from './in-parallel.ts';

/** As many as the operator works on at a time. */
const WIDTH = 16;
/** As the operator does. */
const APPLY = { fieldManager: 'plain-loop', force: true } as const;
/** Those of others come with their owners, and are refused from strangers. */
const OUR_KEYS = /^(anweddol\.io|app\.kubernetes\.io)\//;

interface Stored extends KubeObject {
  spec?: Record<string, unknown>;
  status?: unknown;
}

/**
 * Applies the servers of the namespace and what there is of these kinds for them in another namespace, and their status once.
 * @returns seconds
 */
export async function makeServersAgain({ kube, namespace }: Ground, kinds: readonly Resource[]): Promise<number> {
  const other = `${namespace}-plain`;
  const labelSelector = `${LABEL_MANAGED_BY}=${FIELD_MANAGER}`;
  const listed = await Promise.all(
    [AnweddolServer as Resource, ...kinds].map(async (kind) => {
      const query = kind === AnweddolServer ? { namespace } : { namespace, labelSelector };
      return (await kube.list<Stored>(kind, query)).items.map((object) => ({ kind, object }));
    }),
  );
  const all = listed.flat();
  await kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } });
  try {
    const began = performance.now();
    await inParallel(all.length, WIDTH, async (index) => {
      const { kind, object } = at(all, index);
      const { apiVersion, metadata } = await kube.apply<KubeObject>(kind, asNew(object, other), APPLY);
      if (kind !== AnweddolServer) return;
      const { name } = metadata;
      const told = { apiVersion, kind: kind.kind, metadata: { namespace: other, name }, status: object.status };
      await kube.apply<KubeObject>(kind, told, { ...APPLY, subresource: 'status' });
    });
    return (performance.now() - began) / 1000;
  } finally {
    await removeNamespace(kube, other);
  }
}

/**
 * Ends all machines of a lab, and makes them again.
 * @param atOnce so many may start at a time
 * @returns seconds until all of them are ready
 */
export async function makeMachinesAgain({ kube }: Ground, { machines }: Lab, atOnce: number): Promise<number> {
  const patience = AbortSignal.timeout(400_000);
  const all = machines.list().map((vmi) => asNew(vmi));
  await inParallel(all.length, WIDTH, (index) => kube.delete(VirtualMachineInstance, at(all, index).metadata));
  await machines.waitFor((left) => left.list().length === 0 || undefined, patience);
  const began = performance.now();
  await inParallel(all.length, atOnce, async (index) => {
    const { metadata } = await kube.create(VirtualMachineInstance, at(all, index));
    const key = keyOf(metadata);
    const isUp = (vmi: VirtualMachineInstance | undefined) => (vmi && isReady(vmi)) || undefined;
    await machines.waitFor((store) => isUp(store.get(key)), patience);
  });
  return (performance.now() - began) / 1000;
}

/** As somebody would write it down who makes it. @param namespace Default: where it is */
function asNew<T extends Stored>({ status: _, ...object }: T, namespace = object.metadata.namespace): T {
  const { name, labels, annotations } = object.metadata;
  const metadata = { name, namespace, labels: ours(labels), annotations: ours(annotations) };
  const { clusterIP: _ip, clusterIPs: _ips, ...spec } = object.spec ?? {};
  return { ...object, metadata, ...(object.spec && { spec }) } as unknown as T;
}

function ours(entries: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => OUR_KEYS.test(key)));
}

function at<T>(all: readonly T[], index: number): T {
  const found = all[index];
  if (found === undefined) throw new Error(`there is no ${index}th of ${all.length}`);
  return found;
}
