import { join } from 'node:path';
import type { Logger } from 'pino';
import type { KubeClient } from '../kube/client.ts';
import type { Clock } from '../runtime/clock.ts';
import { Connections } from './cluster/connections.ts';
import { VIRT_HANDLER } from './cluster/kubevirt-accounts.ts';
import { machineAccounts } from './cluster/machine-accounts.ts';
import { serviceAccountToken } from './cluster/service-account-token.ts';
import type { ControlPlane } from './control-plane.ts';
import { type LoadBalancer, startLoadBalancer } from './loadbalancer/start-load-balancer.ts';
import type { ImageCatalogue } from './node/images/image-catalogue.ts';
import type { Hollow } from './node/machines/hollow.ts';
import { type RunningNode, startNode } from './node/start-node.ts';

export interface ClusterOptions {
  clock: Clock;
  log: Logger;
  /** Ended by whoever started it, after the cluster. */
  controlPlane: ControlPlane;
  /** The namespace whose pods run here and whose Services are served here. Default: all of them. */
  namespace?: string;
  /** Of the node. Default `embedded`. */
  nodeName?: string;
  images: ImageCatalogue;
  /** Runs in place of QEMU machines. */
  hollow?: Hollow | undefined;
  /** The node keeps its files in a folder in here, which goes with the cluster, however this process ends. */
  dataDir: string;
  /** The loopback address on which Services of type LoadBalancer are served. */
  loadBalancerHost: string;
  /** Ends the cluster's parts; {@link Cluster.close} also waits for their ends. */
  signal: AbortSignal;
}

export interface Cluster {
  /** The administrator's. */
  client: KubeClient;
  node: RunningNode;
  /** Ends every process and connection, and removes every file. */
  close(): Promise<void>;
}

/** What makes a cluster of a control plane: one node and a load balancer, which are this machine. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { clock, controlPlane } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const parts: { node?: RunningNode; loadBalancer?: LoadBalancer } = {};
  const connections = new Connections(controlPlane, clock);
  const close = async () => {
    stopping.abort(new Error('the cluster closes'));
    parts.loadBalancer?.close();
    try {
      await parts.node?.close();
    } finally {
      await connections.close();
    }
  };
  try {
    const { client } = connections.open('admin', controlPlane.adminToken);
    const node = await startParts({ ...options, signal }, client, connections, parts);
    controlPlane.takeLogsFrom?.((pod, container) => node.logs(pod, container));
    return { client, node, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  options: ClusterOptions,
  admin: KubeClient,
  connections: Connections,
  parts: { node?: RunningNode; loadBalancer?: LoadBalancer },
): Promise<RunningNode> {
  const { clock, log, signal, controlPlane, namespace, dataDir, images, loadBalancerHost: host } = options;
  const tokens = await machineAccounts(admin, signal);
  const handler = await serviceAccountToken(admin, VIRT_HANDLER, signal);
  const common = { clock, log, signal, ...(namespace && { namespace }) };
  const shift = process.getuid?.() !== 0;
  const client = connections.open('load-balancer', tokens['load-balancer']).client;
  parts.loadBalancer = startLoadBalancer({ ...common, client, host, shift });
  const { hostname, port } = new URL(controlPlane.url);
  parts.node = await startNode({
    ...common,
    client: connections.open('kubelet', tokens.node).client,
    virtHandler: connections.open('virt-handler', handler).client,
    name: options.nodeName ?? 'embedded',
    catalogue: images,
    hollow: options.hollow,
    // One that has no other way to what pods write asks the node.
    kubeletClientCa: controlPlane.takeLogsFrom ? undefined : controlPlane.caCertificate,
    apiServer: { host: hostname, port: Number(port) },
    folder: join(dataDir, 'node'),
    shift,
    runAs: shift ? undefined : 'nobody',
    random: Math.random,
  });
  return parts.node;
}
