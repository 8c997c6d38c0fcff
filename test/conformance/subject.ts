/** The API servers that the behaviours are held against. */
import { startInMemoryControlPlane } from '../../src/embedded/cluster/start-in-memory-control-plane.ts';
import { createLog } from '../../src/observability/log.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { sharedControlPlane } from '../support/control-plane.ts';

export interface Subject {
  name: string;
  url: string;
  /** PEM. */
  caCertificate: string;
  adminToken: string;
  close(): Promise<void>;
}

/** Fewer changes than usual, so that a behaviour can outlive them. */
const HISTORY = 1000;

/** The in-memory API server with its controllers and the stand-in for KubeVirt. */
export async function inMemory(): Promise<Subject> {
  const log = createLog('conformance', process.env.LOG_LEVEL ?? 'silent');
  const controlPlane = await startInMemoryControlPlane({ clock, log, history: HISTORY, kubevirtVersion: '1.7' });
  return { ...controlPlane, name: 'in-memory API server' };
}

/** The kube-apiserver of this test run, with its controllers and KubeVirt's. */
export async function real(): Promise<Subject> {
  const connection = await sharedControlPlane();
  if (!connection) throw new Error('CONTROL_PLANE is not set: run the tests by npm test');
  return { ...connection, name: `kube-apiserver ${connection.version}`, close: async () => {} };
}
