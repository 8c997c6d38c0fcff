import { isDeepStrictEqual } from 'node:util';
import { AnweddolServerSpec, type AnweddolServerStatus } from '../api/anweddol-server.ts';
import { FIELD_MANAGER } from '../api/names.ts';
import { AnweddolServer } from '../api/resources.ts';
import { referenceTo } from '../kube/event-sink.ts';
import { ConfigMap, Deployment, Role, RoleBinding, Service, ServiceAccount } from '../kube/resources.ts';
import { again, done, type Outcome } from '../runtime/outcome.ts';
import { apply } from './apply.ts';
import { checkIso, ISO_RECHECK_MS } from './check-iso.ts';
import { PLATFORM_RECHECK_MS } from './check-platform.ts';
import type { Context } from './context.ts';
import { deployment } from './desired/deployment.ts';
import { role, roleBinding, serviceAccount } from './desired/server-pod-rights.ts';
import { service } from './desired/service.ts';
import { settingsConfigMap } from './desired/settings-config-map.ts';
import { ensureKey } from './ensure-key.ts';
import { isRepeatable } from './iso-finding.ts';
import { type Facts, observe } from './observe.ts';
import { platformAbsent } from './platform-finding.ts';
import { invalidStatus, serverStatus } from './status.ts';

/** Makes what the cluster holds for one server what its resource asks for, and reports on it in the status. */
export async function reconcileServer(key: string, context: Context, signal: AbortSignal): Promise<Outcome> {
  const stored = context.caches.servers.get(key);
  if (!stored || stored.metadata.deletionTimestamp) return done(); // its objects name it as their owner and go with it
  const spec = AnweddolServerSpec.safeParse(stored.spec);
  if (!spec.success) {
    const why = spec.error.issues.map(({ path, message }) => `spec.${path.join('.')}: ${message}`).join('; ');
    await applyStatus(stored, invalidStatus(stored, why, context.clock.now()), context, signal);
    return done();
  }
  const server = { ...stored, spec: spec.data };
  const machinesKnown = context.caches.machines.hasSynced;
  const platform = machinesKnown ? await context.platform.find(server, signal) : platformAbsent();
  const observed = { ...observe(server, context), platform };
  if (server.spec.paused) {
    await applyStatus(
      server,
      serverStatus(server, observed, server.status?.publicKey?.sha256, context.clock.now()),
      context,
      signal,
    );
    return done();
  }
  const [keySha256, iso] = await Promise.all([
    ensureKey(server, context.kube, signal),
    checkIso(server, observed, context, signal),
  ]);
  const facts = { ...observed, iso };
  await applyAll(server, facts, context, signal);
  await applyStatus(server, serverStatus(server, facts, keySha256, context.clock.now()), context, signal);
  if (isRepeatable(iso)) return again(ISO_RECHECK_MS);
  return platform.reason === 'MachineRefused' ? again(PLATFORM_RECHECK_MS) : done();
}

async function applyAll(server: AnweddolServer, facts: Facts, context: Context, signal: AbortSignal): Promise<void> {
  const { caches, defaultImage } = context;
  await apply(context, ServiceAccount, caches.accounts, serviceAccount(server), signal);
  await apply(context, Role, caches.roles, role(server), signal);
  await apply(context, RoleBinding, caches.roleBindings, roleBinding(server), signal);
  await apply(context, Service, caches.services, service(server), signal);
  const isoSha256 = facts.iso.sha256;
  const { rebootPolicy } = facts.platform;
  if (!isoSha256 || !rebootPolicy) return; // what no pod can create, no client can be given
  const containers = { ...server.spec.containers, rebootPolicy };
  const possible = { ...server, spec: { ...server.spec, containers } };
  const pods = deployment(possible, { image: defaultImage, isoSha256 });
  await apply(context, ConfigMap, caches.configMaps, settingsConfigMap(possible, isoSha256), signal);
  await apply(context, Deployment, caches.deployments, pods, signal);
}

async function applyStatus(
  server: AnweddolServer,
  status: AnweddolServerStatus,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  if (isDeepStrictEqual(server.status, status)) return;
  const { apiVersion, kind, metadata } = server;
  const { name, namespace } = metadata;
  await context.kube.apply(
    AnweddolServer,
    { apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, status },
    { fieldManager: FIELD_MANAGER, force: true, subresource: 'status', signal },
  );
  tellTurn(server, status, context);
}

/** An Event when the server became ready, or ceased to be. */
function tellTurn(server: AnweddolServer, status: AnweddolServerStatus, { events }: Context): void {
  const readyOf = ({ conditions = [] }: AnweddolServerStatus) => conditions.find(({ type }) => type === 'Ready');
  const ready = readyOf(status);
  if (!ready || ready.status === (readyOf(server.status ?? {})?.status ?? 'False')) return;
  const type = ready.status === 'True' ? 'Normal' : 'Warning';
  events.event(referenceTo(server), { type, reason: ready.reason, action: 'Reconcile', note: ready.message });
}
