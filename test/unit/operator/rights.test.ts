/** What the operator asks of the API server when it does all that it can do, beside what its manifests grant it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { LABEL_COMPONENT, LABEL_SERVER, LABEL_STATE } from '../../../src/api/names.ts';
import { AnweddolAccessToken, AnweddolServer } from '../../../src/api/resources.ts';
import { startApiServer } from '../../../src/embedded/apiserver/start-api-server.ts';
import { serviceAccountToken } from '../../../src/embedded/cluster/service-account-token.ts';
import { machineDefinition } from '../../../src/embedded/controllers/kubevirt/machine-definition.ts';
import { kubeconfigText } from '../../../src/embedded/kubeconfig.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import type { KubeObject, Resource } from '../../../src/kube/objects.ts';
import {
  Certificate,
  type ClusterRole,
  ConfigMap,
  CustomResourceDefinition,
  DataVolume,
  Deployment,
  EndpointSlice,
  Event,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  VirtualMachineInstance,
} from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../../src/main/demo/manifests.ts';
import { OperatorOptions } from '../../../src/main/operator/options.ts';
import { run } from '../../../src/main/operator/run.ts';
import { deployment } from '../../../src/operator/desired/deployment.ts';
import { role, roleBinding, serviceAccount } from '../../../src/operator/desired/server-pod-rights.ts';
import { service } from '../../../src/operator/desired/service.ts';
import { settingsConfigMap } from '../../../src/operator/desired/settings-config-map.ts';
import { networkPolicies } from '../../../src/operator/network/network-policies.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { CdiStandIn } from '../../support/cdi-stand-in.ts';
import type { SeenCall } from '../../support/misbehaving-proxy/fault.ts';
import { MisbehavingProxy } from '../../support/misbehaving-proxy/proxy.ts';
import { sampleSettings } from '../../support/sample-machine.ts';
import { sampleServer } from '../../support/sample-server.ts';
import { certificateDefinition } from './certificates/cert-manager.ts';
import { NOTHING_KNOWN } from './network/networks.ts';

const PATIENCE_MS = 60_000;
const NAMESPACE = 'default';
const LAB = { namespace: NAMESPACE, name: 'lab' };
const DIGEST = 'ab'.repeat(32);
const OPERATOR = { namespace: 'anweddol-system', name: 'anweddol-operator' };

let admin: KubeClient;
let proxy: MisbehavingProxy;
let endOperator: () => Promise<void>;
const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
const closing = new AsyncDisposableStack();

before(async () => {
  const api = await startApiServer({ clock, log });
  closing.defer(() => api.close());
  const transport = createTransport(loadKubeConfig({ kubeconfig: api.kubeconfig() }), { clock });
  closing.defer(() => transport.close());
  admin = createKubeClient(transport);
  const stop = new AbortController();
  await applyManifests(admin, await manifestsOf('crds'), stop.signal);
  await applyManifests(admin, [machineDefinition() as unknown as KubeObject], stop.signal);
  await admin.create(CustomResourceDefinition, certificateDefinition());
  await applyManifests(admin, await manifestsOf('deploy/operator'), stop.signal);
  proxy = await MisbehavingProxy.start(api);
  closing.defer(() => proxy.close());
  const token = await serviceAccountToken(admin, OPERATOR, stop.signal);
  const kubeconfig = kubeconfigText({
    name: 'operator',
    url: proxy.url,
    token,
    caCertificate: '',
    namespace: OPERATOR.namespace,
  });
  const options = OperatorOptions.parse({ serverImage: 'anweddol:1', healthAddress: '0', metricsAddress: '0' });
  const running = run(options, loadKubeConfig({ kubeconfig }), log, stop.signal);
  endOperator = async () => {
    stop.abort();
    await running;
  };
  closing.defer(endOperator);
});
after(() => closing.disposeAsync());

test('the operator uses every right that it has, and no other', async () => {
  await doEverything();
  await endOperator();
  const { items } = await admin.list(Event, { namespace: NAMESPACE });
  assert.ok(items.some(({ series }) => series));
  const refused = proxy.calls.filter(({ status }) => status === 403).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual([...new Set(refused)], []);
  const used = new Set(proxy.calls.flatMap(rightsOf));
  const granted = await rightsGranted();
  assert.deepEqual([...used].filter((right) => !granted.has(right)).toSorted(), []);
  // Nobody may give what he does not have; and whether an owner may be blocked is asked by admission, not by a request.
  const given = new Set(rightsIn(role(sampleServer()).rules ?? []));
  const unused = [...granted].filter(
    (right) => !used.has(right) && !given.has(right) && !right.includes('/finalizers'),
  );
  assert.deepEqual(unused.toSorted(), []);
});

/** Each kind of thing that makes it ask for something else. */
async function doEverything(): Promise<void> {
  const cdi = await CdiStandIn.install(admin);
  await leavesRemains();
  await change({
    replicas: 2,
    iso: { sha256: DIGEST, http: { url: 'https://mirror.example/anweddol.iso' } },
    containers: { maxRunning: 3, warm: 1 },
    keys: { bits: 2048 },
    tls: { enabled: true },
    accessTokens: { required: true },
  });
  const volume = await first(DataVolume);
  await cdi.succeeds(volume.metadata);
  await eventually(() => admin.get(PodDisruptionBudget, named('-server')));
  await bootsWarm();
  await opensAndClosesAWayIn();
  await removesAnOrphan();
  await admitsAndRevokes();
  await turnsReadyTwice();

  await admin.create(Pod, serverPod());
  await change({ clientTimeoutSeconds: 20 });
  await eventually(async () => {
    const pod = await admin.get(Pod, named('-server-one'));
    return Object.keys(pod?.metadata.annotations ?? {}).some((key) => key.includes('mounted-settings')) || undefined;
  });
  await admin.delete(Pod, named('-server-one'), { gracePeriodSeconds: 0 });

  await change({ replicas: 0, tls: { issuerRef: { name: 'authority' }, dnsNames: ['lab.example'] } });
  await eventually(async () => ((await admin.get(PodDisruptionBudget, named('-server'))) ? undefined : true));
  await eventually(() => admin.get(Certificate, named('-tls')));
  await change({
    containers: { warm: 0 },
    accessTokens: { required: false },
    tls: { enabled: false, issuerRef: null, dnsNames: null },
  });
  await rolled();
  await eventually(async () => ((await admin.get(Certificate, named('-tls'))) ? undefined : true));
  await eventually(async () => ((await admin.get(Secret, named('-access-tokens'))) ? undefined : true));

  await change({ iso: { http: null, sha256: null, image: 'iso:1' } });
  await isoIsRead();
  await timePasses();
  await eventually(async () => ((await admin.get(DataVolume, volume.metadata)) ? undefined : true));
  await eventually(async () => ((await remains()).length === 0 ? true : undefined));
}

/** What is removed of a server that is gone, beside what is removed of one that is there. */
const KINDS: Resource[] = [ServiceAccount, Role, RoleBinding, ConfigMap, Service, Deployment, NetworkPolicy];
const LOST = { 'app.kubernetes.io/managed-by': 'anweddol-operator', 'anweddol.io/server': 'lost' };

/** As after `kubectl delete --cascade=orphan`: half a minute later, they are gone. */
async function leavesRemains(): Promise<void> {
  const server = { ...sampleServer(), metadata: { ...sampleServer().metadata, namespace: NAMESPACE, name: 'lost' } };
  const settings = sampleSettings();
  const manifests = [
    serviceAccount(server),
    role(server),
    roleBinding(server),
    settingsConfigMap(server, settings),
    service(server),
    deployment(server, { image: 'anweddol:1', settings, secrets: {} }),
    ...networkPolicies(server, NOTHING_KNOWN),
  ];
  for (const { metadata, ...manifest } of manifests) {
    const resource = KINDS.find(({ kind }) => kind === manifest.kind);
    assert.ok(resource, manifest.kind);
    const { ownerReferences: _, ...own } = metadata;
    const annotations = { 'anweddol.io/applied-sha256': 'by an operator' };
    await admin.create<KubeObject>(resource, { ...manifest, metadata: { ...own, annotations } });
  }
  assert.equal((await remains()).length, manifests.length);
}

async function remains(): Promise<KubeObject[]> {
  const labelSelector = Object.entries(LOST)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  const lists = await Promise.all(KINDS.map((kind) => admin.list(kind, { namespace: NAMESPACE, labelSelector })));
  return lists.flatMap(({ items }) => items);
}

/** A machine is booted ahead, becomes warm, and goes when none is wanted. */
async function bootsWarm(): Promise<void> {
  const { metadata } = await first(VirtualMachineInstance);
  const ready = { type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null };
  const status = { phase: 'Running', interfaces: [{ ipAddress: '10.244.7.7' }], conditions: [ready] };
  await admin.mergePatch(VirtualMachineInstance, metadata, { status });
  await eventually(async () => {
    const vmi = await admin.get(VirtualMachineInstance, metadata);
    return vmi?.metadata.labels?.[LABEL_STATE] === 'warm' || undefined;
  });
}

/** As if a client had been given the warm machine. */
async function opensAndClosesAWayIn(): Promise<void> {
  const { metadata } = await first(VirtualMachineInstance);
  const claimed = {
    labels: { [LABEL_STATE]: 'ready' },
    annotations: { 'anweddol.io/delivered-at': new Date().toISOString() },
  };
  await admin.mergePatch(VirtualMachineInstance, metadata, { metadata: claimed });
  const slice = await eventually(() => admin.get(EndpointSlice, metadata));
  await admin.mergePatch(EndpointSlice, slice.metadata, { metadata: { labels: { 'anweddol.io/server': 'other' } } });
  await eventually(async () => {
    const mended = await admin.get(EndpointSlice, metadata);
    return mended?.metadata.labels?.['anweddol.io/server'] === 'lab' || undefined;
  });
  await admin.delete(VirtualMachineInstance, metadata);
  await eventually(async () => ((await admin.get(EndpointSlice, metadata)) ? undefined : true));
}

/** A machine whose server is no more, and which nobody else has removed. */
async function removesAnOrphan(): Promise<void> {
  const ours = await first(VirtualMachineInstance);
  const { labels, annotations = {} } = ours.metadata;
  const metadata = { ...named('-gone-10000'), labels: { ...labels, [LABEL_SERVER]: 'lab-gone' }, annotations };
  await admin.create(VirtualMachineInstance, { ...ours, metadata });
  await eventually(async () => ((await admin.get(VirtualMachineInstance, metadata)) ? undefined : true));
}

async function admitsAndRevokes(): Promise<void> {
  const token = { namespace: NAMESPACE, name: 'guest' };
  const { group, version, kind } = AnweddolAccessToken;
  const manifest = {
    apiVersion: `${group}/${version}`,
    kind,
    metadata: token,
    spec: { serverName: 'lab', enabled: true },
  };
  await admin.create(AnweddolAccessToken, manifest);
  const sha256 = await eventually(async () => (await admin.get(AnweddolAccessToken, token))?.status?.sha256);
  const listed = async () => {
    const list = await admin.get(Secret, named('-access-tokens'));
    return Buffer.from(list?.data?.['tokens.json'] ?? '', 'base64').includes(sha256);
  };
  await eventually(async () => (await listed()) || undefined);
  await admin.delete(AnweddolAccessToken, token);
  await eventually(async () => ((await listed()) ? undefined : true));
}

/** The same Event a second time is counted in the first, at the latest when the operator ends. */
async function turnsReadyTwice(): Promise<void> {
  const service = { namespace: NAMESPACE, name: 'lab' };
  const ingress = [{ ip: '192.0.2.1' }];
  await admin.mergePatch(
    { group: '', version: 'v1', plural: 'services', kind: 'Service', namespaced: true },
    service,
    { status: { loadBalancer: { ingress } } },
    { subresource: 'status' },
  );
  const turn = async (readyReplicas: number) => {
    await admin.mergePatch(
      Deployment,
      named('-server'),
      { status: { replicas: 2, readyReplicas, updatedReplicas: 2 } },
      { subresource: 'status' },
    );
    const wanted = readyReplicas > 0 ? 'True' : 'False';
    await eventually(async () => {
      const conditions = (await admin.get(AnweddolServer, LAB))?.status?.conditions ?? [];
      return conditions.some(({ type, status }) => type === 'Ready' && status === wanted) || undefined;
    });
  };
  for (const count of [2, 0, 2, 0]) await turn(count);
}

/** The Deployment controller's part: there are no pods, and that is as wanted. */
async function rolled(): Promise<void> {
  const generation = await eventually(async () => {
    const { metadata, spec } = (await admin.get(Deployment, named('-server'))) ?? {};
    return spec?.replicas === 0 && !JSON.stringify(spec).includes('access-tokens') ? metadata?.generation : undefined;
  });
  const status = { observedGeneration: generation, replicas: 0, readyReplicas: 0, updatedReplicas: 0 };
  await admin.mergePatch(Deployment, named('-server'), { status }, { subresource: 'status' });
}

async function isoIsRead(): Promise<void> {
  const check = await eventually(async () => {
    const { items } = await admin.list(Pod, { namespace: NAMESPACE });
    return items.find(({ metadata }) => metadata.labels?.[LABEL_COMPONENT] === 'iso-check');
  });
  const terminated = { exitCode: 0, message: DIGEST, finishedAt: new Date().toISOString() };
  const said = { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 };
  const patch = { status: { phase: 'Succeeded', containerStatuses: [said] } };
  await admin.mergePatch(Pod, check.metadata, patch, { subresource: 'status' });
  await eventually(async () => ((await admin.get(Pod, check.metadata)) ? undefined : true));
}

/** The old volume stays for a while after the new ISO is there: that while is over. */
async function timePasses(): Promise<void> {
  const iso = await eventually(async () => {
    const { iso } = (await admin.get(AnweddolServer, LAB))?.status ?? {};
    return iso?.since ? iso : undefined;
  });
  const since = new Date(Date.now() - 3_600_000).toISOString();
  await admin.mergePatch(AnweddolServer, LAB, { status: { iso: { ...iso, since } } }, { subresource: 'status' });
}

function serverPod(): Pod {
  const labels = {
    'app.kubernetes.io/managed-by': 'anweddol-operator',
    'anweddol.io/server': 'lab',
    [LABEL_COMPONENT]: 'server',
  };
  const containers = [{ name: 'server', image: 'anweddol:1' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...named('-server-one'), labels }, spec: { containers } };
}

const named = (suffix: string) => ({ namespace: NAMESPACE, name: `lab${suffix}` });

async function change(spec: object): Promise<void> {
  const { group, version, kind } = AnweddolServer;
  if (await admin.get(AnweddolServer, LAB)) await admin.mergePatch(AnweddolServer, LAB, { spec });
  else {
    const manifest = { apiVersion: `${group}/${version}`, kind, metadata: LAB, spec };
    await admin.create(AnweddolServer, manifest as unknown as AnweddolServer);
  }
}

function first<T extends KubeObject>(resource: Resource<T>): Promise<T> {
  return eventually(async () => (await admin.list(resource, { namespace: NAMESPACE })).items[0]);
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  while (true) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`in vain: ${look}`);
    await sleep(50);
  }
}

const WRITES: Record<string, string[]> = { POST: ['create'], PUT: ['update'], PATCH: ['patch'], DELETE: ['delete'] };

/** Such as `create apps/deployments`. A patch that made its object needed the right to create it. */
function rightsOf({ method, path, verb, status }: SeenCall): string[] {
  const pattern = /^\/apis?\/(?:([^/]+)\/)?v[^/]*(?:\/namespaces\/[^/]+)?\/([^/]+)(?:\/[^/]+(?:\/([^/]+))?)?$/;
  const [, group = '', plural, subresource] = pattern.exec(path) ?? [];
  if (!plural) return [];
  const verbs = verb === 'write' ? (WRITES[method] ?? []) : [verb];
  const made = method === 'PATCH' && status === 201 ? ['create'] : [];
  const resource = subresource ? `${plural}/${subresource}` : plural;
  return [...verbs, ...made].map((word) => `${word} ${group}/${resource}`);
}

function rightsIn(rules: NonNullable<ClusterRole['rules']>): string[] {
  return rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
  );
}

async function rightsGranted(): Promise<Set<string>> {
  const manifests = await manifestsOf('deploy/operator');
  const roles = manifests.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role') as ClusterRole[];
  return new Set(roles.flatMap(({ rules }) => rightsIn(rules ?? [])));
}
