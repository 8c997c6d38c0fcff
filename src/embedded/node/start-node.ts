import { mkdir } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { KubeClient } from '../../kube/client.ts';
import { keyOf } from '../../kube/objects.ts';
import { ConfigMap, Pod, Secret, VirtualMachineInstance } from '../../kube/resources.ts';
import { watched } from '../../kube/watched.ts';
import type { Participant } from '../participant.ts';
import { AddressPool } from './address-pool.ts';
import { Guard } from './guard.ts';
import type { ImageCatalogue } from './images/image-catalogue.ts';
import { startKubeletServer } from './kubelet-server.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { Hollow } from './machines/hollow.ts';
import { HollowHypervisor } from './machines/hollow-hypervisor.ts';
import type { Hypervisor } from './machines/hypervisor.ts';
import { MachinePod } from './machines/machine-pod.ts';
import { QemuHypervisor } from './machines/qemu-hypervisor.ts';
import { keepNode, nodeObject } from './node-object.ts';
import { ProcessPod } from './pods/process-pod.ts';
import { runScheduler } from './scheduler.ts';
import type { Tenant } from './tenant.ts';
import { Tenants } from './tenants.ts';

export interface NodeOptions extends Participant {
  /** Acts as KubeVirt's virt-handler, whom alone admission lets write the status of machines. */
  virtHandler: KubeClient;
  name: string;
  /** The only namespace whose pods run here. Default: all. */
  namespace?: string;
  catalogue: ImageCatalogue;
  /** PEM: of the API server that fetches logs from here; absent where it has another way. */
  kubeletClientCa?: string | undefined;
  /** Where pods find the API server: an address of this machine. */
  apiServer: { host: string; port: number };
  /** Made by the node for its files, and removed when it closes or dies. */
  folder: string;
  /** Whether privileged ports of pods are shifted on this machine. @see hostAddress */
  shift: boolean;
  /** The QEMU program. Default: `qemu-system-x86_64` from the PATH. */
  qemu?: string | undefined;
  /** The user QEMU runs as, where this process may choose. */
  runAs?: string | undefined;
  /** Runs in place of QEMU machines; there is room for thousands of them. */
  hollow?: Hollow | undefined;
  /** From 0 up to, and not including, 1. */
  random: () => number;
}

export interface RunningNode {
  /** What a container of a pod on this node wrote; a machine's console for its launcher pod. */
  logs(pod: { uid: string }, container?: string, previous?: boolean): LogBuffer | undefined;
  /** Ends every process and removes every file of the node. */
  close(): Promise<void>;
}

/** The address that pods see of the machine they are on. */
const HOST_ADDRESS = '10.244.0.1';

const PODS = 110;
/** What a node says that it has for machines that take nothing. */
const HOLLOW_ROOM = { cpus: 100_000, memoryBytes: 2 ** 50, pods: 10_000 };

/**
 * A node in the roles of scheduler, kubelet and virt-handler, which runs pods as processes of this machine and
 * VirtualMachineInstances as QEMU machines, or has them played. A plain client of the API server.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const participant: Participant = { client: options.client, clock: options.clock, log: options.log, signal };
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const guard = new Guard(folder);
  const { tenants: tenancy, logs } = startTenancy({ ...options, folder, signal }, participant, guard);
  const { kubeletClientCa: clientCa } = options;
  const kubelet = clientCa ? await startKubeletServer({ clientCa, now: options.clock.now(), logs }) : undefined;
  const room = options.hollow ? HOLLOW_ROOM : { cpus: availableParallelism(), memoryBytes: totalmem(), pods: PODS };
  const status = { address: HOST_ADDRESS, ...room, kubeletPort: kubelet?.port };
  void keepNode(nodeObject(options.name), status, participant);
  return {
    logs: (pod, container, previous) => tenancy.get(pod.uid)?.log(container, previous),
    async close() {
      stopping.abort(new Error('the node closes'));
      kubelet?.close();
      await tenancy.close();
      await guard.close();
    },
  };
}

interface Tenancy {
  tenants: Tenants;
  logs(pod: { namespace: string; name: string }, container: string): LogBuffer | undefined;
}

function startTenancy(options: NodeOptions, participant: Participant, guard: Guard): Tenancy {
  const { client, name, namespace, signal } = options;
  const pods = watched(client, Pod, { namespace }, participant);
  const virtHandler: Participant = { ...participant, client: options.virtHandler };
  const machines = watched(virtHandler.client, VirtualMachineInstance, { namespace }, participant);
  const secrets = watched(client, Secret, { namespace }, participant);
  const configMaps = watched(client, ConfigMap, { namespace }, participant);
  const addresses = new AddressPool(options.random());
  const taken = new Map<string, string>();
  const { hollow } = options;
  const hypervisor: Hypervisor = hollow
    ? new HollowHypervisor(hollow, options)
    : new QemuHypervisor({ ...options, guard });

  const take = (pod: Pod): Tenant => {
    const address = addresses.take();
    taken.set(pod.metadata.uid ?? '', address);
    const common = {
      ...options,
      participant,
      pod,
      guard,
      nodeName: name,
      addresses: { pod: address, host: HOST_ADDRESS },
    };
    if (pod.metadata.labels?.['kubevirt.io'] === 'virt-launcher') {
      return new MachinePod({ ...common, virtHandler, machines, hypervisor });
    }
    const inNamespace =
      <T>(store: { get(key: string): T | undefined }) =>
      (object: string) =>
        store.get(keyOf({ namespace: pod.metadata.namespace, name: object }));
    const objects = { secret: inNamespace(secrets), configMap: inNamespace(configMaps) };
    return new ProcessPod({ ...common, objects, folder: join(options.folder, 'pods', pod.metadata.uid ?? '') });
  };

  const tenants = new Tenants(participant, take, (pod) => {
    const { uid = '' } = pod.metadata;
    addresses.giveBack(taken.get(uid) ?? '');
    taken.delete(uid);
  });
  pods.onChange((pod, previous) => {
    if (signal.aborted) return;
    if (pod?.spec?.nodeName === name) tenants.update(pod);
    else if (!pod && previous?.spec?.nodeName === name) tenants.remove(previous);
  });
  void runScheduler(pods, name, participant);
  const refresh = (object: Secret | ConfigMap | undefined) => {
    for (const tenant of object ? tenants.list() : []) {
      if (tenant instanceof ProcessPod) void tenant.refreshVolumes();
    }
  };
  secrets.onChange(refresh);
  configMaps.onChange(refresh);
  return {
    tenants,
    logs: (pod, container) => tenants.get(pods.get(keyOf(pod))?.metadata.uid ?? '')?.log(container),
  };
}
