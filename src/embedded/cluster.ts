import { join } from 'node:path';
import type { Logger } from 'pino';
import type { KubeClient } from '../kube/client.ts';
import type { Raw } from '../kube/objects.ts';
import { CustomResourceDefinition, type Namespace } from '../kube/resources.ts';
import type { Transport } from '../kube/transport.ts';
import type { Clock } from '../runtime/clock.ts';
import { type ApiServer, startApiServer } from './apiserver/start-api-server.ts';
import { Connections } from './cluster/connections.ts';
import { kubevirtAccounts } from './cluster/kubevirt-accounts.ts';
import { kubevirtAdmission } from './cluster/kubevirt-admission.ts';
import { podLogs } from './cluster/pod-logs.ts';
import { machineDefinition } from './controllers/kubevirt/machine-definition.ts';
import { startVirtController } from './controllers/kubevirt/start-virt-controller.ts';
import { startControllers } from './controllers/start-controllers.ts';
import { type LoadBalancer, startLoadBalancer } from './loadbalancer/start-load-balancer.ts';
import type { ImageCatalogue } from './node/images/image-catalogue.ts';
import { type RunningNode, startNode } from './node/start-node.ts';

export interface ClusterOptions {
  clock: Clock;
  log: Logger;
  images: ImageCatalogue;
  /** The node keeps its files in a folder in here, which goes with the cluster, however this process ends. */
  dataDir: string;
  /** The loopback address on which Services of type LoadBalancer are served. */
  loadBalancerHost: string;
  /** Of the API server, on 127.0.0.1. Default: any free one. */
  apiPort?: number;
  /** Ends the cluster's parts; {@link Cluster.close} also waits for their ends. */
  signal: AbortSignal;
}

export interface Cluster {
  /** YAML, for the administrator. */
  kubeconfig(): string;
  /** The administrator's. */
  client: KubeClient;
  node: RunningNode;
  /** Ends every process and connection, and removes every file. */
  close(): Promise<void>;
}

const NODE_NAME = 'embedded';

/** A whole cluster on this machine: API server, controllers, KubeVirt's part, one node and a load balancer. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { clock, log } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const parts: { node?: RunningNode; client?: KubeClient; loadBalancer?: LoadBalancer } = {};
  const api = await startApiServer({
    clock,
    log,
    admission: [kubevirtAdmission(clock)],
    podLogs: podLogs(
      () => parts.client as KubeClient,
      () => parts.node,
    ),
    ...(options.apiPort !== undefined && { port: options.apiPort }),
  });
  const connections = new Connections(api, clock);
  const close = async () => {
    stopping.abort(new Error('the cluster closes'));
    parts.loadBalancer?.close();
    try {
      await parts.node?.close();
    } finally {
      await connections.close();
      await api.close();
    }
  };
  try {
    const admin = connections.open('admin', api.adminToken);
    parts.client = admin.client;
    const node = await startParts({ ...options, signal }, api, connections, parts);
    return { kubeconfig: () => api.kubeconfig(), client: admin.client, node, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  options: ClusterOptions,
  api: ApiServer,
  connections: Connections,
  parts: { node?: RunningNode; client?: KubeClient; loadBalancer?: LoadBalancer },
): Promise<RunningNode> {
  const { clock, log, signal, dataDir, images, loadBalancerHost: host } = options;
  const common = { clock, log, signal };
  const open = (name: string, token = api.adminToken) => connections.open(name, token);
  const setUp = open('kubevirt-operator').client;
  const definition = machineDefinition() as unknown as Raw<CustomResourceDefinition>;
  await setUp.create(CustomResourceDefinition, definition, { signal });
  const tokens = await kubevirtAccounts(setUp, signal);
  const controllers = open('kube-controller-manager');
  const finalize = finalizer(controllers.transport);
  startControllers({ ...common, client: controllers.client, caPem: api.caCertificate, finalize });
  startVirtController({ ...common, client: open('virt-controller', tokens.controller).client });
  const shift = process.getuid?.() !== 0;
  parts.loadBalancer = startLoadBalancer({ ...common, client: open('load-balancer').client, host, shift });
  const { hostname, port } = new URL(api.url);
  parts.node = await startNode({
    ...common,
    client: open('kubelet', tokens.handler).client,
    name: NODE_NAME,
    catalogue: images,
    apiServer: { host: hostname, port: Number(port) },
    folder: join(dataDir, 'node'),
    shift,
    runAs: shift ? undefined : 'nobody',
    random: Math.random,
  });
  return parts.node;
}

function finalizer(transport: Transport): (namespace: Namespace, signal: AbortSignal) => Promise<void> {
  return async (namespace, signal) => {
    const { name } = namespace.metadata;
    const body = { ...namespace, spec: { finalizers: [] } };
    await transport.call({ method: 'PUT', path: `/api/v1/namespaces/${name}/finalize`, body, signal });
  };
}
