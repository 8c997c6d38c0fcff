import { generateKeyPair } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { FIELD_MANAGER, LABEL_MANAGED_BY, SECRET_TYPE_RSA_KEY } from '../../../src/api/names.ts';
import { AnweddolServer } from '../../../src/api/resources.ts';
import type { KubeObject, Resource } from '../../../src/kube/objects.ts';
import {
  ConfigMap,
  Deployment,
  NetworkPolicy,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
} from '../../../src/kube/resources.ts';
import type { Store } from '../../../src/kube/store.ts';
import { watched } from '../../../src/kube/watched.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import type { Table } from '../server/table.ts';
import { atRest } from './at-rest.ts';
import { createForeignSecrets } from './foreign-secrets.ts';
import { breakGround, type Ground } from './ground.ts';
import { inParallel } from './in-parallel.ts';
import { OperatorProcess } from './operator-process.ts';
import { makeServersAgain } from './plain-loop.ts';
import { playIsoChecks } from './play-iso-checks.ts';
import { requestsTold } from './request-counts.ts';

const SERVERS = Number(process.env.SERVERS ?? 1000);
const FOREIGN_SECRETS = Number(process.env.FOREIGN_SECRETS ?? 5000);
const SETTLE_MS = 10_000;
const QUIET_MS = 5_000;
const PATIENCE_MS = 400_000;
const DIGEST = 'ab'.repeat(32);
const KEY = 'prepared-key';
/** What one server has at the least of each. */
const OBJECTS: Resource[] = [ServiceAccount, Role, RoleBinding, NetworkPolicy, Service, ConfigMap, Deployment];

/**
 * A thousand servers that share a prepared key. No node runs pods here: they ask for none, and the checks of their ISOs
 * are played.
 * @param folder for files of the operator
 */
export async function manyServers(table: Table, folder: string): Promise<void> {
  await using ground = await breakGround();
  const { kube, namespace, log, signal, plane } = ground;
  const on = `${SERVERS} servers, ${plane.name}`;
  await Promise.all([createForeignSecrets(ground, FOREIGN_SECRETS), createKey(ground)]);
  let took = 0;
  const checks = playIsoChecks(ground, DIGEST);
  const servers = watched(kube, AnweddolServer, { namespace }, { clock, log, signal });
  const changes = lastChange(servers);
  {
    await using operator = await OperatorProcess.start(ground.kubeconfig(), join(folder, 'operator'));
    await sleep(2_000);
    const { resident: bare } = await operator.memory();
    const began = performance.now();
    await createServers(ground);
    const created = performance.now();
    await operator.during(servers.waitFor(allSettled, AbortSignal.timeout(PATIENCE_MS)));
    const settled = performance.now();
    const none = checks.waitFor((pods) => pods.list().length === 0 || undefined, AbortSignal.timeout(PATIENCE_MS));
    await operator.during(none);
    while (performance.now() - changes.at < QUIET_MS) await sleep(100);
    const { at } = changes;
    took = (at - began) / 1000;
    const cpu = await operator.cpuSeconds();
    const asked = await operator.requests();
    table.add({
      name: `${on}: all reported as current, after the last was made`,
      value: (settled - created) / 1000,
      unit: 's',
    });
    table.add({
      name: `${on}: converged, after the last was made`,
      value: (at - created) / 1000,
      unit: 's',
      goal: { atMost: 60 },
      note: `${took.toFixed(1)} s after the first; ${cpu.toFixed(1)} s of CPU; ${requestsTold(asked)}`,
    });
    table.add({ name: `${on}: objects that are missing`, value: await missing(ground), unit: '', goal: { atMost: 0 } });
    await sleep(SETTLE_MS);
    const { resident, peak } = await operator.memory();
    table.add({
      name: `${on}: memory at most`,
      value: peak,
      unit: 'MB',
      goal: { atMost: 150 },
      note: `${bare.toFixed(0)} MB without servers`,
    });
    table.add({ name: `${on}: memory 10 s later`, value: resident, unit: 'MB', goal: { atMost: 150 } });
  }
  await atRest(table, on, ground, folder, {
    name: 'another amount of memory for one',
    make: () =>
      kube.mergePatch(AnweddolServer, { namespace, name: 'lab-0' }, { spec: { containers: { memory: '2Gi' } } }),
  });
  const plain = await makeServersAgain(ground, OBJECTS);
  table.add({
    name: `${on}: from the first one made, to a plain loop that applies the same objects`,
    value: took / plain,
    unit: 'times',
    note: `${took.toFixed(1)} s, to ${plain.toFixed(1)} s`,
  });
}

async function createKey({ kube, namespace }: Ground): Promise<void> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 4096,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await kube.create(Secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name: KEY },
    type: SECRET_TYPE_RSA_KEY,
    stringData: { 'private.pem': privateKey, 'public.pem': publicKey },
  });
}

async function createServers({ kube, namespace }: Ground): Promise<void> {
  const spec = {
    replicas: 0,
    iso: { image: 'iso:1', sha256: DIGEST },
    keys: { secretName: KEY },
    service: { type: 'ClusterIP' },
  };
  await inParallel(SERVERS, 8, (index) => {
    const metadata = { namespace, name: `lab-${index}` };
    const server = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', metadata, spec };
    return kube.create(AnweddolServer, server as unknown as AnweddolServer);
  });
}

/** Everything is known of each server that can be known of one without a pod. */
function allSettled(servers: Store<AnweddolServer>): true | undefined {
  const all = servers.list();
  return (all.length === SERVERS && all.every(isSettled)) || undefined;
}

function isSettled({ metadata, status }: AnweddolServer): boolean {
  const holds = (wanted: string) =>
    status?.conditions?.some(({ type, status: is }) => type === wanted && is === 'True');
  const isKnown = holds('PlatformReady') && holds('IsoReady') && holds('AddressAssigned');
  return status?.observedGeneration === metadata.generation && isKnown === true;
}

/** When the last change of any of them came. */
function lastChange(store: Store<AnweddolServer>): { at: number } {
  const last = { at: performance.now() };
  store.onChange(() => {
    last.at = performance.now();
  });
  return last;
}

/** How many objects fewer than expected there are. */
async function missing({ kube, namespace }: Ground): Promise<number> {
  const labelSelector = `${LABEL_MANAGED_BY}=${FIELD_MANAGER}`;
  const counts = await Promise.all(
    OBJECTS.map(async (resource) => (await kube.list<KubeObject>(resource, { namespace, labelSelector })).items.length),
  );
  return counts.reduce((sum, count) => sum + Math.max(0, SERVERS - count), 0);
}
