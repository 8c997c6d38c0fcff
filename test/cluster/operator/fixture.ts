import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { kubeconfigText } from '../../../src/embedded/kubeconfig.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import {
  type ClusterRole,
  CustomResourceDefinition,
  Namespace,
  Role,
  RoleBinding,
  ServiceAccount,
} from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { watched } from '../../../src/kube/watched.ts';
import { applyManifests, manifestsOf } from '../../../src/main/demo/manifests.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { RecordedLog } from '../../support/recorded-log.ts';

export const NO_CONTROL_PLANE = !process.env.CONTROL_PLANE && 'no real control plane: see the start of this run';

export const soon = () => AbortSignal.timeout(60_000);

/** Namespaces of a test's own on the real control plane, which go with it. */
export interface Ground extends AsyncDisposable {
  /** The administrator's. */
  admin: KubeClient;
  namespaces: string[];
  /** A kubeconfig of a ServiceAccount that may do, in these namespaces only, what the operator's manifest grants it. */
  operatorKubeconfig(namespaces: string[]): Promise<string>;
  /** Another client with a kubeconfig; closed with the rest. */
  client(kubeconfig: string): KubeClient;
}

export async function ground(count: number): Promise<Ground> {
  const connection = await sharedControlPlane();
  if (!connection) throw new Error('CONTROL_PLANE is not set: run the tests by npm test');
  const { url, caCertificate, adminToken } = connection;
  const text = (token: string, namespace?: string) =>
    kubeconfigText({ name: 'test', url, caCertificate, token, ...(namespace && { namespace }) });
  const transports: { close(): Promise<void> }[] = [];
  const client = (kubeconfig: string): KubeClient => {
    const transport = createTransport(loadKubeConfig({ kubeconfig }), { clock });
    transports.push(transport);
    return createKubeClient(transport);
  };
  const admin = client(text(adminToken));
  await definitions(admin);
  const id = randomBytes(4).toString('hex');
  const namespaces = Array.from({ length: count }, (_, index) => `operator-${id}-${index}`);
  for (const name of namespaces)
    await admin.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return {
    admin,
    namespaces,
    client,
    async operatorKubeconfig(granted) {
      const [home = ''] = granted;
      return text(await operatorToken(admin, home, granted), home);
    },
    async [Symbol.asyncDispose]() {
      for (const name of namespaces) await admin.delete(Namespace, { name });
      await Promise.all(transports.map((transport) => transport.close()));
    },
  };
}

/** The types, which other tests may have applied before. */
async function definitions(admin: KubeClient): Promise<void> {
  const found = new AbortController();
  const signal = AbortSignal.any([soon(), found.signal]);
  const manifests = await manifestsOf('crds');
  await applyManifests(admin, manifests, signal);
  const store = watched(admin, CustomResourceDefinition, {}, { clock, log: new RecordedLog(), signal });
  for (const { metadata } of manifests) {
    await store.waitFor(
      (all) =>
        all
          .get(metadata.name)
          ?.status?.conditions?.find(({ type, status }) => type === 'Established' && status === 'True'),
      signal,
    );
  }
  found.abort();
}

const NAME = 'anweddol-operator';
const RBAC = 'rbac.authorization.k8s.io';

/** @param home where the ServiceAccount is */
async function operatorToken(admin: KubeClient, home: string, granted: string[]): Promise<string> {
  const account = { namespace: home, name: NAME };
  await admin.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account });
  const rules = await manifestRules();
  for (const namespace of granted) {
    const metadata = { namespace, name: NAME };
    await admin.create(Role, { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata, rules });
    await admin.create(RoleBinding, {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC, kind: 'Role', name: NAME },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    });
  }
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } };
  const answer = await admin.createSubresource<{ status: { token: string } }>(
    ServiceAccount,
    account,
    'token',
    request,
  );
  return answer.status.token;
}

/** All that deploy/operator grants the operator. */
async function manifestRules(): Promise<NonNullable<Role['rules']>> {
  const yaml = await readFile(new URL('../../../deploy/operator/operator.yaml', import.meta.url), 'utf8');
  const manifests = parseAllDocuments(yaml).map((document): ClusterRole => document.toJS());
  return manifests.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole').flatMap(({ rules }) => rules ?? []);
}

/** Its pods will never run: there is no node. */
export async function createServer(admin: KubeClient, namespace: string, name: string): Promise<void> {
  const spec = { iso: { image: 'iso:1', sha256: 'ab'.repeat(32) } };
  const manifest = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', metadata: { namespace, name }, spec };
  await admin.create(AnweddolServer, manifest as unknown as AnweddolServer);
}
