import { isAlreadyExists } from '../../kube/errors.ts';
import { Node } from '../../kube/resources.ts';
import type { Participant } from '../participant.ts';
import { timestamp } from '../timestamp.ts';

const HEARTBEAT_MS = 60_000;
const RETRY_MS = 1_000;
/** What virt-handler announces of each device. */
const LEAST_DEVICES = 1_000;

/** The Node object: what kubelet and virt-handler would say of this machine. */
export function nodeObject(name: string): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubevirt.io/schedulable': 'true',
        'machine-type.node.kubevirt.io/q35': 'true',
      },
    },
    spec: {},
  };
}

interface NodeFacts {
  /** The one that pods see. */
  address: string;
  cpus: number;
  memoryBytes: number;
  /** How many pods it has room for. */
  pods: number;
  /** Of the kubelet's own API, on 127.0.0.1. */
  kubeletPort?: number | undefined;
}

function nodeStatus(options: NodeFacts & { now: string }) {
  const { address, cpus, memoryBytes, pods, kubeletPort, now } = options;
  const devices = String(Math.max(pods, LEAST_DEVICES));
  const capacity = {
    cpu: String(cpus),
    memory: `${Math.floor(memoryBytes / 1024)}Ki`,
    pods: String(pods),
    'devices.kubevirt.io/kvm': devices,
    'devices.kubevirt.io/tun': devices,
    'devices.kubevirt.io/vhost-net': devices,
  };
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: '127.0.0.1' },
    ],
    ...(kubeletPort !== undefined && { daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } } }),
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'pods run as processes of this machine',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
  };
}

/** Makes the Node object, or takes over the one there is, and keeps its heartbeats fresh until the signal aborts. */
export async function keepNode(node: Node, status: NodeFacts, participant: Participant): Promise<void> {
  const { clock, log, signal } = participant;
  while (!signal.aborted) {
    let wait = HEARTBEAT_MS;
    await registerNode(node, status, participant).catch((error) => {
      if (!signal.aborted) log.warn({ node: node.metadata.name, err: error }, 'node heartbeat not written');
      wait = RETRY_MS;
    });
    await clock.sleep(wait, signal).catch(() => undefined);
  }
}

async function registerNode(node: Node, status: NodeFacts, { client, clock, signal }: Participant): Promise<void> {
  const { name } = node.metadata;
  const now = timestamp(clock.now());
  await client.create(Node, node, { signal }).catch((error) => {
    if (!isAlreadyExists(error)) throw error;
  });
  const annotations = { 'kubevirt.io/heartbeat': now };
  await client.mergePatch(Node, { name }, { metadata: { labels: node.metadata.labels, annotations } }, { signal });
  await client.mergePatch(
    Node,
    { name },
    { status: nodeStatus({ ...status, now }) },
    { subresource: 'status', signal },
  );
}
