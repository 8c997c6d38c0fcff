/** The status of a server: facts in, status out; pure. */
import type { AnweddolServerStatus } from '../api/anweddol-server.ts';
import { LABEL_STATE } from '../api/names.ts';
import type { AnweddolServer } from '../api/resources.ts';
import type { Service, VirtualMachineInstance } from '../kube/resources.ts';
import { type ConditionType, conditions, type Finding } from './conditions.ts';
import { isoFingerprint } from './desired/iso-check-pod.ts';
import { serverPodLabels } from './desired/ownership.ts';
import type { Facts } from './observe.ts';

/** @param now milliseconds */
export function serverStatus(
  server: AnweddolServer,
  facts: Facts,
  keySha256: string | undefined,
  now: number,
): AnweddolServerStatus {
  const findings = findingsOf(server, facts);
  const generation = server.metadata.generation ?? 0;
  const host = addressOf(facts.service);
  return {
    observedGeneration: generation,
    phase: phaseOf(server, findings),
    replicas: facts.deployment?.status?.replicas ?? 0,
    readyReplicas: facts.deployment?.status?.readyReplicas ?? 0,
    selector: Object.entries(serverPodLabels(server))
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    conditions: conditions(findings, server.status?.conditions ?? [], generation, new Date(now).toISOString()),
    ...(host && { address: { host, port: server.spec.listenPort } }),
    ...(keySha256 && { publicKey: { sha256: keySha256 } }),
    ...(facts.iso.status === 'True' &&
      facts.iso.sha256 && {
        iso: { sha256: facts.iso.sha256, fingerprint: isoFingerprint(server) },
      }),
    containers: { ...countContainers(facts.machines), max: server.spec.containers.maxRunning },
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

function findingsOf(server: AnweddolServer, facts: Facts): Record<ConditionType, Finding> {
  const aspects = {
    PlatformReady: facts.platform,
    IsoReady: facts.iso,
    AddressAssigned: addressOf(facts.service)
      ? { status: 'True', reason: 'Assigned', message: 'the Service has an address' }
      : {
          status: 'False',
          reason: 'Waiting',
          message: `the Service of type ${server.spec.service.type} has no address yet`,
        },
  } satisfies Partial<Record<ConditionType, Finding>>;
  const pods = podsFinding(server, facts);
  // Without a digest there is no server pod; with one that was taken on trust there is.
  const needed = [aspects.PlatformReady, ...(facts.iso.sha256 ? [] : [facts.iso]), aspects.AddressAssigned, pods];
  const blocking = needed.find((finding) => finding.status !== 'True');
  return {
    ...aspects,
    Ready: blocking
      ? { ...blocking, status: 'False' }
      : { status: 'True', reason: 'Ready', message: 'clients can connect' },
    Progressing: progressFinding(facts),
    Degraded: { ...pods, status: pods.reason === 'PodsMissing' ? 'True' : 'False' },
  };
}

function podsFinding(server: AnweddolServer, facts: Facts): Finding {
  const ready = facts.deployment?.status?.readyReplicas ?? 0;
  const wanted = server.spec.replicas;
  const message = `${ready} of ${wanted} server pods are ready`;
  if (wanted === 0) return { status: 'False', reason: 'ScaledToZero', message };
  if (ready === 0) return { status: 'False', reason: 'NoPodReady', message };
  return ready < wanted
    ? { status: 'True', reason: 'PodsMissing', message }
    : { status: 'True', reason: 'PodsReady', message };
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

function phaseOf(server: AnweddolServer, findings: Record<ConditionType, Finding>): string {
  if (server.metadata.deletionTimestamp) return 'Deleting';
  if (server.spec.paused) return 'Paused';
  if (findings.Ready.status !== 'True') return findings.IsoReady.status === 'False' ? 'Blocked' : 'Pending';
  return findings.Degraded.status === 'True' ? 'Degraded' : 'Ready';
}

function addressOf(service: Service | undefined): string | undefined {
  const [ingress] = service?.status?.loadBalancer?.ingress ?? [];
  if (service?.spec?.type === 'LoadBalancer') return ingress?.ip ?? ingress?.hostname;
  return service?.spec?.clusterIP;
}

function countContainers(machines: VirtualMachineInstance[]) {
  const ending = machines.filter((vmi) => vmi.metadata.deletionTimestamp).length;
  const running = machines.filter(
    (vmi) => !vmi.metadata.deletionTimestamp && vmi.metadata.labels?.[LABEL_STATE] === 'ready',
  ).length;
  return { running, ending, starting: machines.length - running - ending };
}
