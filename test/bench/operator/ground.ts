import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pino, { type Logger } from 'pino';
import { serviceAccountToken } from '../../../src/embedded/cluster/service-account-token.ts';
import type { ControlPlane } from '../../../src/embedded/control-plane.ts';
import { kubeconfigText } from '../../../src/embedded/kubeconfig.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { Namespace } from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../../src/main/demo/manifests.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { IN_MEMORY, PLANES, type Plane } from '../../support/planes.ts';

/** Where the operator's own account is. */
const OPERATOR = { namespace: 'anweddol-system', name: 'anweddol-operator' };

/** A control plane for a benchmark: the operator's types and rights are in it, and nobody who runs it. */
export interface Ground extends AsyncDisposable {
  /** The real one where the run has it. */
  plane: Plane;
  controlPlane: ControlPlane;
  /** The administrator's, without a limit of its own. */
  kube: KubeClient;
  /** Empty, and gone with the ground. */
  namespace: string;
  log: Logger;
  signal: AbortSignal;
  /** For the operator's account, with its rights. @param url in place of the API server's own */
  kubeconfig(url?: string): string;
  /** Empties the namespace, by taking it away, while whoever has to end what is in it still runs. */
  clear(): Promise<void>;
}

export async function breakGround(): Promise<Ground> {
  const plane = PLANES.find(({ skip, shared }) => !skip && shared) ?? IN_MEMORY;
  const stop = new AbortController();
  const { signal } = stop;
  const controlPlane = await plane.start();
  const { url, caCertificate } = controlPlane;
  const config = loadKubeConfig({ kubeconfig: controlPlane.kubeconfig() });
  const transport = createTransport(config, { clock, userAgent: 'bench', rateLimit: false });
  const kube = createKubeClient(transport);
  const namespace = `bench-${randomBytes(4).toString('hex')}`;
  await applyManifests(kube, await manifestsOf('crds'), signal);
  const manifests = await manifestsOf('deploy/operator');
  const rights = manifests.filter(({ kind }) => kind !== 'Deployment');
  await applyManifests(kube, rights, signal);
  await kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const token = await serviceAccountToken(kube, OPERATOR, signal);
  return {
    plane,
    controlPlane,
    kube,
    namespace,
    log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
    signal,
    kubeconfig: (other = url) =>
      kubeconfigText({ name: OPERATOR.name, url: other, caCertificate, token, namespace: OPERATOR.namespace }),
    clear: () => removeNamespace(kube, namespace),
    async [Symbol.asyncDispose]() {
      if (plane.shared) await removeNamespace(kube, namespace);
      stop.abort();
      await transport.close();
      await controlPlane.close();
    },
  };
}

/** What comes next on a shared plane should not suffer from the clearing away. */
export async function removeNamespace(kube: KubeClient, name: string): Promise<void> {
  await kube.delete(Namespace, { name });
  while (await kube.get(Namespace, { name })) await sleep(500);
}
