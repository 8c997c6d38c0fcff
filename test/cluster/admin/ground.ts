/** A namespace with an operator's manifests in it and no pods, on a control plane, for the doctor to look at. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../../../src/admin/doctor/finding.ts';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { serviceAccountToken } from '../../../src/embedded/cluster/service-account-token.ts';
import type { ControlPlane } from '../../../src/embedded/control-plane.ts';
import { kubeconfigText } from '../../../src/embedded/kubeconfig.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { CustomResourceDefinition, Namespace, Role, RoleBinding, ServiceAccount } from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../../src/main/demo/manifests.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { namespacedOperator } from '../../support/namespaced-operator.ts';
import type { Plane } from '../../support/planes.ts';
import { runAdmin } from '../../unit/admin/run-admin.ts';

const PATIENCE_MS = 60_000;
const RBAC = 'rbac.authorization.k8s.io';

export interface AdminGround extends AsyncDisposable {
  controlPlane: ControlPlane;
  /** The administrator's. */
  kube: KubeClient;
  namespace: string;
  signal: AbortSignal;
}

export async function adminGround(plane: Plane): Promise<AdminGround> {
  const controlPlane = await plane.start();
  const transport = createTransport(loadKubeConfig({ kubeconfig: controlPlane.kubeconfig() }), { clock });
  const kube = createKubeClient(transport);
  const namespace = `admin-${randomBytes(4).toString('hex')}`;
  const signal = AbortSignal.timeout(PATIENCE_MS * 4);
  const definitions = await manifestsOf('crds');
  await applyManifests(kube, definitions, signal);
  for (const { metadata } of definitions) await eventually(() => established(kube, metadata.name));
  await kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return {
    ...{ controlPlane, kube, namespace, signal },
    async [Symbol.asyncDispose]() {
      await kube.delete(Namespace, { name: namespace });
      await transport.close();
      await controlPlane.close();
    },
  };
}

async function established(kube: KubeClient, name: string): Promise<true | undefined> {
  const definition = await kube.get(CustomResourceDefinition, { name });
  const isTrue = definition?.status?.conditions?.some(
    ({ type, status }) => type === 'Established' && status === 'True',
  );
  return isTrue || undefined;
}

export async function installOperator({ kube, namespace, signal }: AdminGround): Promise<void> {
  await applyManifests(kube, await namespacedOperator(namespace), signal);
}

/** Creates a server, and says of it what an operator might. */
export async function createServer({ kube, namespace }: AdminGround, name: string, status?: object): Promise<void> {
  const spec = { iso: { image: 'iso:1', sha256: 'ab'.repeat(32) } };
  const manifest = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', metadata: { namespace, name }, spec };
  await kube.create(AnweddolServer, manifest as unknown as AnweddolServer);
  if (status) await kube.mergePatch(AnweddolServer, { namespace, name }, { status }, { subresource: 'status' });
}

export interface Diagnosis {
  code: number;
  findings: Finding[];
  /** Those of a check about the cluster, or about something in the namespace: operators of other tests are not meant. */
  of(check: Finding['check']): Finding[];
}

/** What `anwdl doctor -o json` says of the namespace. */
export async function diagnose(
  on: { controlPlane?: Pick<ControlPlane, 'kubeconfig'>; namespace: string; operatorNamespace?: string },
  { kubeconfig = on.controlPlane?.kubeconfig() ?? '', args = [] as string[] } = {},
): Promise<Diagnosis> {
  const { namespace, operatorNamespace = namespace } = on;
  const run = await runAdmin(['doctor', '-o', 'json', '-n', namespace, '--kubeconfig', kubeconfig, ...args]);
  if (run.stderr) throw new Error(run.stderr);
  const { findings }: { findings: Finding[] } = JSON.parse(run.stdout);
  const isOurs = ({ about = '' }: Finding) =>
    !about.includes('/') || [namespace, operatorNamespace].some((one) => about.startsWith(`${one}/`));
  return {
    code: run.code,
    findings,
    of: (wanted) => findings.filter((finding) => finding.check === wanted && isOurs(finding)),
  };
}

/** A real authorizer and real controllers learn of a change a moment later. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = clock.elapsed() + PATIENCE_MS;
  while (true) {
    const found = await look();
    if (found !== undefined) return found;
    if (clock.elapsed() > end) throw new Error(`in vain: ${look}`);
    await sleep(100);
  }
}

/** A kubeconfig of somebody who may look at AnweddolServers in the namespace, and do nothing else. */
export async function onlookerKubeconfig(
  { kube, namespace, signal }: AdminGround,
  target: { url: string; caCertificate: string },
): Promise<string> {
  const metadata = { namespace, name: 'onlooker' };
  await kube.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  const rules = [{ apiGroups: ['anweddol.io'], resources: ['anweddolservers'], verbs: ['get', 'list'] }];
  await kube.create(Role, { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules });
  await kube.create(RoleBinding, {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC, kind: 'Role', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', ...metadata }],
  });
  const token = await serviceAccountToken(kube, metadata, signal);
  return kubeconfigText({ name: 'onlooker', ...target, token });
}
