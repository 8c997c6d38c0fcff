import { createHash } from 'node:crypto';
import { AnweddolServerSpec } from '../api/anweddol-server.ts';
import type { AnweddolServer } from '../api/resources.ts';
import type { ServerSettings } from '../api/server-settings.ts';
import {
  ConfigMap,
  Deployment,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
} from '../kube/resources.ts';
import { again, done, type Outcome } from '../runtime/outcome.ts';
import { apply, remove } from './apply.ts';
import { applyStatus } from './apply-status.ts';
import { ensureCertificates } from './certificates/ensure-certificates.ts';
import type { Finding } from './conditions.ts';
import type { Context } from './context.ts';
import { deployment } from './desired/deployment.ts';
import { disruptionBudget } from './desired/disruption-budget.ts';
import { objectNames } from './desired/ownership.ts';
import { role, roleBinding, serviceAccount } from './desired/server-pod-rights.ts';
import { serverSettings } from './desired/server-settings.ts';
import { service, sshPortsOf } from './desired/service.ts';
import { settingsConfigMap } from './desired/settings-config-map.ts';
import { checkIso } from './iso/check-iso.ts';
import { ensureKey } from './keys/ensure-key.ts';
import { applyPolicies } from './network/apply-policies.ts';
import { nudgePods } from './nudge-pods.ts';
import { type Facts, observe } from './observe.ts';
import { withMachines } from './platform/machines-finding.ts';
import { platformAbsent } from './platform/platform-finding.ts';
import { keepWarm } from './pool/keep-warm.ts';
import { refusedFinding, Steps } from './refusals.ts';
import { scalePods } from './scale-pods.ts';
import { deletingStatus, invalidStatus, serverStatus } from './status.ts';
import { tokenListName } from './tokens/token-list-name.ts';

/** Makes what the cluster holds for one server what its resource asks for, and reports on it in the status. */
export async function reconcileServer(key: string, context: Context, signal: AbortSignal): Promise<Outcome> {
  const { caches, clock } = context;
  const stored = caches.servers.get(key);
  if (!stored) return done(); // its objects name it as their owner and go with it
  if (stored.metadata.deletionTimestamp) {
    await applyStatus(stored, deletingStatus(stored), context, signal);
    return done();
  }
  const spec = AnweddolServerSpec.safeParse(stored.spec);
  if (!spec.success) {
    const why = spec.error.issues.map(({ path, message }) => `spec.${path.join('.')}: ${message}`).join('; ');
    await applyStatus(stored, invalidStatus(stored, why, clock.now()), context, signal);
    return done();
  }
  const server = { ...stored, spec: spec.data };
  const observed = observe(server, context);
  const answered = caches.machines.hasSynced ? await context.platform.find(server, signal) : platformAbsent();
  const platform = withMachines(answered, observed.machines);
  if (server.spec.paused) {
    await applyStatus(server, serverStatus(server, { ...observed, platform }, clock.now()), context, signal);
    return done();
  }
  const steps = new Steps();
  const looks = [
    steps.take(ensureKey(server, observed, context, signal)),
    steps.take(checkIso(server, observed, context, signal)),
    steps.take(ensureCertificates(server, observed, context, signal)),
  ] as const;
  // What still ran when one of them fails would meet the next reconcile of this server.
  await Promise.allSettled(looks);
  const [serverKey, iso = observed.iso, certificates] = await Promise.all(looks);
  const facts: Facts = { ...observed, platform, iso, key: serverKey, certificates };
  // Without its policies no machine may start.
  const isClosed = await applyDoors(server, facts, steps, context, signal);
  const settings = isClosed ? serverSettings(server, facts) : undefined;
  const isDone = settings && (await applyPods(server, facts, settings, steps, context, signal));
  if (!isDone) await steps.take(scalePods(server, facts.deployment, context, signal));
  const pool = await steps.take(keepWarm(server, facts, settings, context, signal));
  const refused = refusedFinding(steps.refused);
  const status = serverStatus(server, { ...facts, pool, refused }, clock.now());
  await applyStatus(server, status, context, signal);
  return soonest([platform, iso, serverKey, certificates, observed.address, pool, refused]);
}

/**
 * What there is whether or not a container can be had: who the pods are, who may reach whom, and the way in.
 * @returns whether the policies are in force
 */
async function applyDoors(
  server: AnweddolServer,
  facts: Facts,
  steps: Steps,
  context: Context,
  signal: AbortSignal,
): Promise<boolean> {
  const { caches } = context;
  await steps.take(apply(context, ServiceAccount, caches.accounts, serviceAccount(server), signal));
  await steps.take(apply(context, Role, caches.roles, role(server), signal));
  await steps.take(apply(context, RoleBinding, caches.roleBindings, roleBinding(server), signal));
  const isClosed = await steps.take(applyPolicies(server, context, signal).then(() => true));
  // While machines are not known, any port that there is may be in use.
  const kept = caches.machines.hasSynced ? [] : sshPortsOf(facts.service);
  await steps.take(apply(context, Service, caches.services, service(server, facts.machines, kept), signal));
  return isClosed ?? false;
}

/**
 * The server pods: what no pod can create, no client can be given, so there are none before a machine can be made.
 * @returns false while something is missing that they are to mount
 */
async function applyPods(
  server: AnweddolServer,
  { key, certificates }: Facts,
  settings: ServerSettings,
  steps: Steps,
  context: Context,
  signal: AbortSignal,
): Promise<boolean> {
  const { caches, defaultImage, traces } = context;
  const { keys, tls, web, accessTokens } = server.spec;
  const told = settingsConfigMap(server, settings);
  const isNews = await steps.take(apply(context, ConfigMap, caches.configMaps, told, signal));
  if (isNews) await nudgePods(server, 'settings', sha256(told.data?.['settings.json'] ?? ''), context, signal);
  const secrets = {
    key: key?.secretName,
    tls: certificates?.tlsSecretName,
    web: certificates?.webSecretName,
    ...(accessTokens.required && { tokens: tokenListName(server) }),
  };
  // A pod without what it is to mount would wait for it, and take the place of one that works.
  const isMissing =
    (!keys.onetime && !secrets.key) ||
    (tls.enabled && !secrets.tls) ||
    (web.enabled && web.tls.enabled && !secrets.web);
  if (isMissing) return false;
  const pods = deployment(server, { image: defaultImage, settings, secrets, keySha256: key?.sha256, traces });
  await steps.take(apply(context, Deployment, caches.deployments, pods, signal));
  const budget = disruptionBudget(server);
  if (budget) await steps.take(apply(context, PodDisruptionBudget, caches.budgets, budget, signal));
  else await steps.take(remove(context, PodDisruptionBudget, caches.budgets, budgetName(server), signal));
  return true;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function budgetName(server: AnweddolServer) {
  return { namespace: server.metadata.namespace, name: objectNames(server).budget };
}

function soonest(findings: (Finding | undefined)[]): Outcome {
  const waits = findings.flatMap((finding) => finding?.againMs ?? []);
  return waits.length === 0 ? done() : again(Math.min(...waits));
}
