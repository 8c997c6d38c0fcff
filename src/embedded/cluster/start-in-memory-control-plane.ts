import type { Logger } from 'pino';
import type { Raw } from '../../kube/objects.ts';
import { CustomResourceDefinition, type Namespace } from '../../kube/resources.ts';
import type { Transport } from '../../kube/transport.ts';
import type { Clock } from '../../runtime/clock.ts';
import { startApiServer } from '../apiserver/start-api-server.ts';
import type { ControlPlane } from '../control-plane.ts';
import { machineDefinition } from '../controllers/kubevirt/machine-definition.ts';
import { startVirtController } from '../controllers/kubevirt/start-virt-controller.ts';
import type { KubeVirtVersion } from '../controllers/kubevirt/version.ts';
import { startControllers } from '../controllers/start-controllers.ts';
import { Connections } from './connections.ts';
import { kubevirtAccounts, VIRT_CONTROLLER } from './kubevirt-accounts.ts';
import { kubevirtAdmission } from './kubevirt-admission.ts';
import { type LogSource, podLogs } from './pod-logs.ts';
import { serviceAccountToken } from './service-account-token.ts';

export interface InMemoryOptions {
  clock: Clock;
  log: Logger;
  /** Of the API server, on 127.0.0.1. Default: any free one. */
  apiPort?: number;
  /** How many changes of each resource are kept. Default: the API server's own. */
  history?: number;
  /** Default: the newest. */
  kubevirtVersion?: KubeVirtVersion;
}

/** A control plane inside this process: an API server in memory, the controllers that are needed, and KubeVirt's part. */
export async function startInMemoryControlPlane(options: InMemoryOptions): Promise<ControlPlane> {
  const { clock, log, kubevirtVersion = '1.9' } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const logs: { source?: LogSource } = {};
  const api = await startApiServer({
    clock,
    log,
    admission: [kubevirtAdmission(clock, kubevirtVersion)],
    podLogs: podLogs(
      () => admin.client,
      () => logs.source,
    ),
    ...(options.apiPort !== undefined && { port: options.apiPort }),
    ...(options.history !== undefined && { history: options.history }),
  });
  const connections = new Connections(api, clock);
  const admin = connections.open('kubevirt-operator', api.adminToken);
  const close = async () => {
    stopping.abort(new Error('the control plane closes'));
    await connections.close();
    await api.close();
  };
  try {
    const definition = machineDefinition(kubevirtVersion) as unknown as Raw<CustomResourceDefinition>;
    await admin.client.create(CustomResourceDefinition, definition, { signal });
    await kubevirtAccounts(admin.client, signal);
    const common = { clock, log, signal };
    const controllers = connections.open('kube-controller-manager', api.adminToken);
    const finalize = finalizer(controllers.transport);
    startControllers({ ...common, client: controllers.client, caPem: api.caCertificate, finalize });
    const token = await serviceAccountToken(admin.client, VIRT_CONTROLLER, signal);
    startVirtController({ ...common, client: connections.open('virt-controller', token).client });
    return {
      ...api,
      takeLogsFrom(source) {
        logs.source = source;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function finalizer(transport: Transport): (namespace: Namespace, signal: AbortSignal) => Promise<void> {
  return async (namespace, signal) => {
    const { name } = namespace.metadata;
    const body = { ...namespace, spec: { finalizers: [] } };
    await transport.call({ method: 'PUT', path: `/api/v1/namespaces/${name}/finalize`, body, signal });
  };
}
