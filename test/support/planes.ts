/** The two control planes that everything end to end runs on. */
import { startInMemoryControlPlane } from '../../src/embedded/cluster/start-in-memory-control-plane.ts';
import type { ControlPlane } from '../../src/embedded/control-plane.ts';
import { kubeconfigText } from '../../src/embedded/kubeconfig.ts';
import { createLog } from '../../src/observability/log.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { sharedControlPlane } from './control-plane.ts';

export interface Plane {
  name: string;
  /** Why it can't be had here. */
  skip: string | false;
  /** Whether others use it at the same time: what a test makes must be in a namespace of its own. */
  shared: boolean;
  start(): Promise<ControlPlane>;
}

export const IN_MEMORY: Plane = {
  name: 'in-memory control plane',
  skip: false,
  shared: false,
  start: () => startInMemoryControlPlane({ clock, log: createLog('test', process.env.LOG_LEVEL ?? 'silent') }),
};

export const PLANES: Plane[] = [
  IN_MEMORY,
  {
    name: 'real control plane',
    skip: process.env.CONTROL_PLANE ? false : 'no real control plane: see the start of this run',
    shared: true,
    start: real,
  },
];

/** The one that the test run has started, and ends. */
async function real(): Promise<ControlPlane> {
  const connection = await sharedControlPlane();
  if (!connection) throw new Error('CONTROL_PLANE is not set: run the tests by npm test');
  const { url, caCertificate, adminToken } = connection;
  return {
    url,
    caCertificate,
    adminToken,
    kubeconfig: () => kubeconfigText({ name: 'admin', url, caCertificate, token: adminToken }),
    close: async () => {},
  };
}
