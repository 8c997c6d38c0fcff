import { LABEL_COMPONENT, LABEL_SERVER, LABEL_STATE } from '../../../src/api/names.ts';
import { AnweddolServer } from '../../../src/api/resources.ts';
import type { ServerAddress } from '../../../src/client/dial.ts';
import { loopbackOf } from '../../../src/embedded/node/host-address.ts';
import { keyOf } from '../../../src/kube/objects.ts';
import { Pod, type VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { untilNothingIsLeft } from '../../../src/main/demo/lab.ts';
import { METRICS_PORT } from '../../../src/operator/desired/deployment.ts';
import { processOf, readyServer, type TestLab } from '../../support/lab.ts';
import { type RequestCounts, requestCounts, summed } from './request-counts.ts';

const SERVER_PODS = 3;
const PATIENCE_MS = 170_000;

export interface Pool {
  name: string;
  maxRunning: number;
  warm: number;
}

/** A server whose pool is full and whose pods are all there, and where clients reach it. */
export async function fullServer(lab: TestLab, { name, maxRunning, warm }: Pool): Promise<ServerAddress> {
  const containers = { maxRunning, warm, warmStartsAtOnce: Math.min(warm, 100), memory: '256Mi' };
  const replicas = SERVER_PODS;
  const address = await readyServer(lab, name, { replicas, clientTimeoutSeconds: 120, containers });
  const key = keyOf({ namespace: lab.namespace, name });
  await lab.lab.machines.waitFor(
    (all) => all.list().filter((vmi) => isWarm(vmi, name)).length >= warm || undefined,
    patience(),
  );
  await lab.lab.servers.waitFor(
    (all) => (all.get(key)?.status?.readyReplicas ?? 0) >= replicas || undefined,
    patience(),
  );
  return address;
}

/** Takes the server away, and waits until nothing of its containers is left. */
export async function removeServer({ lab, namespace }: TestLab, name: string): Promise<void> {
  await lab.kube.delete(AnweddolServer, { namespace, name });
  await untilNothingIsLeft(lab, patience());
}

export function machinesOf({ lab }: TestLab, name: string): VirtualMachineInstance[] {
  return lab.machines.list().filter(({ metadata }) => metadata.labels?.[LABEL_SERVER] === name);
}

/** Ends the operator as a kernel without memory would; the node starts it again. */
export async function killOperator({ lab, operatorNamespace }: TestLab): Promise<void> {
  const labelSelector = 'app.kubernetes.io/name=anweddol-operator';
  const { items } = await lab.kube.list(Pod, { namespace: operatorNamespace, labelSelector });
  if (items.length === 0) throw new Error('there is no operator to kill');
  for (const pod of items) process.kill(processOf(pod), 'SIGKILL');
}

function isWarm({ metadata }: VirtualMachineInstance, server: string): boolean {
  const { labels = {}, deletionTimestamp } = metadata;
  return labels[LABEL_SERVER] === server && labels[LABEL_STATE] === 'warm' && !deletionTimestamp;
}

function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE_MS);
}

/** What the server pods have asked the API server until now, taken together. */
export async function podRequests({ lab, namespace }: TestLab, server: string): Promise<RequestCounts> {
  const labelSelector = `${LABEL_SERVER}=${server},${LABEL_COMPONENT}=server`;
  const { items } = await lab.kube.list(Pod, { namespace, labelSelector });
  const hosts = items.flatMap(({ status }) => loopbackOf(status?.podIP ?? '') ?? []);
  return summed(await Promise.all(hosts.map((host) => requestCounts(`http://${host}:${METRICS_PORT}/metrics`))));
}
