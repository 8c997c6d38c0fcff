/** A cluster that has nothing of ours yet, with a node that runs pods and plays machines, for helm to install into. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster } from '../../../src/embedded/cluster.ts';
import type { ControlPlane } from '../../../src/embedded/control-plane.ts';
import { startRealControlPlane } from '../../../src/embedded/controlplane/start-real-control-plane.ts';
import type { Image } from '../../../src/embedded/node/images/image-catalogue.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { Namespace } from '../../../src/kube/resources.ts';
import { runFolder } from '../../../src/main/demo/folders.ts';
import type { HelmOptions } from '../../../src/main/demo/helm.ts';
import { createLog } from '../../../src/observability/log.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { hollowGuests } from '../../support/hollow-guest.ts';
import { IN_MEMORY, type Plane } from '../../support/planes.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PATIENCE_MS = 120_000;

const PROGRAM: Image = {
  kind: 'program',
  command: [process.execPath, join(ROOT, 'dist/entrypoint.js')],
  root: ROOT,
  preload: join(ROOT, 'dist/preload.js'),
};

/** So that `node` in a pod is the one that the image has. */
export const NODE_ON_PATH = { name: 'PATH', value: dirname(process.execPath) };

/** One that is nobody else's. */
export const OWN_REAL_PLANE: Plane = {
  name: 'real control plane',
  skip: process.env.CONTROL_PLANE_PROGRAMS ? false : 'no real control plane: see the start of this run',
  shared: false,
  start: startRealOne,
};

/** One control plane after the other, and none of them shared: definitions are the cluster's. */
export const OWN_PLANES: Plane[] = [IN_MEMORY, OWN_REAL_PLANE];

async function startRealOne(): Promise<ControlPlane> {
  const programs = process.env.CONTROL_PLANE_PROGRAMS ?? '';
  const folder = await runFolder(`chart-control-plane-${Date.now()}`);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const plane = await startRealControlPlane({ programs, folder: join(folder.path, 'plane'), clock, signal });
  return {
    ...plane,
    async close() {
      await plane.close();
      await folder.remove();
    },
  };
}

export interface Arena {
  kube: KubeClient;
  kubeconfig: string;
  /** Aborts when the patience of one step is at its end. */
  patience(): AbortSignal;
  /** For {@link helmInstall} and its like. */
  by(helm: string): HelmOptions;
  close(): Promise<void>;
}

/** @param host the loopback address of its load balancer, which no other test has at the same time */
export async function startArena(plane: Plane, host: string): Promise<Arena> {
  const folder = await runFolder(`chart-${host}`);
  const stop = new AbortController();
  const log = createLog('test', process.env.LOG_LEVEL ?? 'silent');
  const controlPlane = await plane.start();
  const isoPath = join(folder.path, 'played.iso');
  await writeFile(isoPath, 'played');
  const cluster = await startCluster({
    clock,
    log,
    controlPlane,
    images: {
      images: new Map<string, Image>([
        ['anweddol-operator:0.1.0', PROGRAM],
        ['anweddol-container-iso:0.1.0', { kind: 'disk', path: isoPath }],
      ]),
    },
    dataDir: folder.path,
    loadBalancerHost: host,
    hollow: hollowGuests(),
    signal: stop.signal,
  });
  const kubeconfig = join(folder.path, 'kubeconfig');
  await writeFile(kubeconfig, controlPlane.kubeconfig(), { mode: 0o600 });
  const patience = () => AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE_MS)]);
  return {
    kube: cluster.client,
    kubeconfig,
    patience,
    by: (helm) => ({ helm, kubeconfig, folder: folder.path, signal: patience() }),
    async close() {
      await cluster.close();
      stop.abort();
      await controlPlane.close();
      await folder.remove();
    },
  };
}

/** As the manifests make the operator's: one whose pods must keep to the standard `restricted`. */
export async function restrictedNamespace(kube: KubeClient, name: string): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
}
