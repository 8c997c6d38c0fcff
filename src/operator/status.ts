/** The status of a server: facts in, status out; pure. */
import type { AnweddolServerStatus } from '../api/anweddol-server-status.ts';
import { type ContainerState, LABEL_STATE } from '../api/names.ts';
import type { AnweddolServer } from '../api/resources.ts';
import type { Deployment, VirtualMachineInstance } from '../kube/resources.ts';
import { type ConditionType, conditions, type Finding } from './conditions.ts';
import { serverPodLabels } from './desired/ownership.ts';
import { isoRecord } from './iso/iso-record.ts';
import type { Facts } from './observe.ts';
import type { PoolFinding } from './pool/keep-warm.ts';
import { whyNotReady } from './server-pods/why-not-ready.ts';

/** What came of the reconcile's own steps. */
interface Results {
  pool?: PoolFinding | undefined;
  /** What the cluster would not hold, of what the server needs. */
  refused?: Finding | undefined;
}

/** @param now milliseconds */
export function serverStatus(server: AnweddolServer, facts: Facts & Results, now: number): AnweddolServerStatus {
  const findings = findingsOf(server, facts);
  const generation = server.metadata.generation ?? 0;
  const { host, port, webPort } = facts.address;
  const publicKey = publicKeyOf(server, facts);
  // As with the key: where nobody has looked, what was known stays.
  const certificates = facts.certificates ? facts.certificates.record : server.status?.certificates;
  return {
    observedGeneration: generation,
    phase: phaseOf(server, findings),
    replicas: facts.deployment?.status?.replicas ?? 0,
    readyReplicas: facts.deployment?.status?.readyReplicas ?? 0,
    selector: Object.entries(serverPodLabels(server))
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    conditions: conditions(findings, server.status?.conditions ?? [], generation, new Date(now).toISOString()),
    ...((host || port) && { address: { ...(host && { host }), ...(port && { port }), ...(webPort && { webPort }) } }),
    ...(publicKey && { publicKey }),
    ...(certificates && { certificates }),
    ...isoRecord(server, facts.iso, now),
    containers: { ...countContainers(facts.machines), max: server.spec.containers.maxRunning },
    ...(facts.pool?.pool && { pool: facts.pool.pool }),
  };
}

/** While a server is paused nobody has looked at its key: what was known stays. */
function publicKeyOf(server: AnweddolServer, { key }: Pick<Facts, 'key'>): AnweddolServerStatus['publicKey'] {
  if (!key) return server.status?.publicKey;
  const { sha256, secretName, previous, next } = key;
  if (!sha256 && !previous && !next) return undefined;
  return {
    ...(sha256 && { sha256 }),
    ...(secretName && { secretName }),
    ...(previous && { previousSha256: previous.sha256, previousSecretName: previous.secretName }),
    ...(next && { nextSecretName: next }),
  };
}

/**
 * The status of a server whose stored spec is none that this release knows: the API server checks what is written, but
 * not what an older or a later release has left behind.
 */
export function invalidStatus(server: AnweddolServer, message: string, now: number): AnweddolServerStatus {
  const generation = server.metadata.generation ?? 0;
  const finding = { status: 'False', reason: 'SpecInvalid', message: message.slice(0, 1024) } as const;
  const known = conditions(
    { Ready: finding },
    server.status?.conditions ?? [],
    generation,
    new Date(now).toISOString(),
  );
  return { ...server.status, observedGeneration: generation, phase: 'Invalid', conditions: known };
}

/** The status of a server that somebody's finalizer holds: nobody keeps it any more, so what is known of it stays. */
export function deletingStatus({ metadata, status }: AnweddolServer): AnweddolServerStatus {
  return { ...status, observedGeneration: metadata.generation ?? 0, phase: 'Deleting' };
}

type Findings = Record<'Ready' | 'Progressing' | 'Degraded' | 'IsoReady', Finding> &
  Partial<Record<ConditionType, Finding>>;

function findingsOf(server: AnweddolServer, facts: Facts & Results): Findings {
  const { platform, iso, key, certificates, pool, address, refused } = facts;
  const pods = podsFinding(server, facts);
  const isMissing = (finding: Finding | undefined) => finding && finding.status !== 'True';
  // Without a machine to make or a digest to tell there is no server pod; with one that was taken on trust there is.
  const first = platform.rebootPolicy ? undefined : platform;
  // What they have, pods that are ready keep.
  const given = [...(key?.sha256 ? [] : [key]), ...(pods.status === 'True' ? [] : [certificates])];
  const missing = [...(iso.sha256 ? [] : [iso]), ...given, address, pods].find(isMissing);
  // What was refused is why what comes of it is missing.
  const blocking = isMissing(first) ? first : missing && (refused ?? missing);
  return {
    Ready: blocking
      ? { ...blocking, status: 'False' }
      : { status: 'True', reason: 'Ready', message: 'clients can connect' },
    Progressing: refused ?? progressFinding(facts),
    Degraded: degradedFinding(pods, facts),
    PlatformReady: platform,
    IsoReady: iso,
    ...(key && { KeyReady: key }),
    ...(certificates && { CertificatesReady: certificates }),
    ...(pool && { PoolReady: pool }),
    AddressAssigned: address,
  };
}

function podsFinding(server: AnweddolServer, facts: Facts): Finding {
  const ready = facts.deployment?.status?.readyReplicas ?? 0;
  const wanted = server.spec.replicas;
  const counted = `${ready} of ${wanted} server pods are ready`;
  if (wanted === 0) return { status: 'False', reason: 'ScaledToZero', message: counted };
  // With as many ready as are wanted, it is those of a change that can't be had.
  const failure = podFailureOf(facts.deployment);
  const why = whyNotReady(server, facts.pods);
  const told = failure ?? (ready < wanted || why?.isTrouble ? why?.text : undefined);
  const change = ready < wanted ? '' : ', but not all of the latest change';
  const message = (told ? `${counted}${change}: ${told}` : counted).slice(0, 1024);
  if (failure) return { status: ready === 0 ? 'False' : 'True', reason: 'PodsRefused', message };
  if (ready === 0) return { status: 'False', reason: 'NoPodReady', message };
  return ready < wanted || told
    ? { status: 'True', reason: 'PodsMissing', message }
    : { status: 'True', reason: 'PodsReady', message };
}

/** Why the cluster makes no pods of the Deployment: a quota, or Pod Security. */
function podFailureOf(deployment: Deployment | undefined): string | undefined {
  const found = deployment?.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  return found && (found.message ?? found.reason);
}

/** Clients can connect, or could, but not all is as it should be. */
function degradedFinding(pods: Finding, { refused, platform, key, certificates }: Facts & Results): Finding {
  if (refused) return { ...refused, status: 'True' };
  if (platform.rebootPolicy && platform.status !== 'True') return { ...platform, status: 'True' };
  const spoilt = [key, certificates].find((finding) => finding?.status === 'False');
  if (spoilt) return { ...spoilt, status: 'True' };
  return { ...pods, status: pods.reason === 'PodsMissing' || pods.reason === 'PodsRefused' ? 'True' : 'False' };
}

function progressFinding({ deployment }: Facts): Finding {
  const { replicas = 1 } = deployment?.spec ?? {};
  const status = deployment?.status;
  const settled =
    status?.observedGeneration === deployment?.metadata.generation &&
    (status?.updatedReplicas ?? 0) === replicas &&
    (status?.readyReplicas ?? 0) === replicas;
  return settled
    ? { status: 'False', reason: 'Settled', message: 'the server pods are as wanted' }
    : { status: 'True', reason: 'RollingOut', message: 'server pods are being started or replaced' };
}

function phaseOf(server: AnweddolServer, findings: Findings): string {
  if (server.spec.paused) return 'Paused';
  if (findings.Ready.status !== 'True') return findings.IsoReady.status === 'False' ? 'Blocked' : 'Pending';
  return findings.Degraded.status === 'True' ? 'Degraded' : 'Ready';
}

/** How many of a server’s machines there are of each kind; one that ends has still its slot. */
export function countContainers(machines: VirtualMachineInstance[]) {
  const alive = machines.filter((vmi) => !vmi.metadata.deletionTimestamp);
  const inState = (state: ContainerState) => alive.filter((vmi) => vmi.metadata.labels?.[LABEL_STATE] === state).length;
  const [running, warm] = [inState('ready'), inState('warm')];
  return { running, warm, starting: alive.length - running - warm, ending: machines.length - alive.length };
}
