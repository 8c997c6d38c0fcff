/** What runs in a launcher pod, as KubeVirt would have it. */
import type { Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import { amount, bytesLike, canonical, MEBI, thousandths } from './amounts.ts';
import { LAUNCHER_IMAGE } from './names.ts';

type Container = NonNullable<Pod['spec']>['containers'][number];
type Probe = NonNullable<Container['readinessProbe']>;
type Domain = VirtualMachineInstance['spec']['domain'];

/** What a launcher needs besides its guest: fixed, for each virtual processor, and for a screen. */
const OVERHEAD_MEBIBYTES = 228;
const OVERHEAD_PER_CPU_MEBIBYTES = 8;
const OVERHEAD_OF_GRAPHICS_MEBIBYTES = 32;
/** So that a launcher whose memory is limited to its request isn't ended for a little more. */
const OVERHEAD_OF_LIMITS_MEBIBYTES = 100;
/** One byte of page tables maps so many of the guest. */
const PAGE_TABLE_RATIO = 512;
const CPU_REQUEST_MILLI = 100;
/** How much later than asked a guest is probed first. */
const PROBE_DELAY_SECONDS = 10;

export function launcherContainers(vmi: VirtualMachineInstance): { init: Container[]; running: Container[] } {
  const disks = containerDisks(vmi);
  const limits = { cpu: '100m', memory: '40M' };
  const resources = { limits, requests: isLimited(vmi.spec.domain) ? limits : { cpu: '10m', memory: '1M' } };
  const binary = { ...program('container-disk-binary'), resources };
  return {
    init: disks.length === 0 ? [] : [binary, ...disks.map((disk) => ({ ...disk, name: `${disk.name}-init` }))],
    running: [compute(vmi), ...disks],
  };
}

function program(name: string): Container {
  return {
    name,
    image: LAUNCHER_IMAGE,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      runAsUser: 107,
      runAsGroup: 107,
    },
  };
}

function compute({ spec }: VirtualMachineInstance): Container {
  const { domain, readinessProbe, livenessProbe } = spec;
  const ports = (domain.devices.interfaces ?? []).flatMap((nic) => nic.ports ?? []);
  const base = program('compute');
  return {
    ...base,
    ports: ports.map(({ name, port, protocol = 'TCP' }) => ({ containerPort: port, protocol, ...(name && { name }) })),
    resources: resources(domain),
    securityContext: { ...base.securityContext, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
    ...(readinessProbe && { readinessProbe: delayed(readinessProbe) }),
    ...(livenessProbe && { livenessProbe: delayed(livenessProbe) }),
  };
}

function delayed(probe: NonNullable<VirtualMachineInstance['spec']['readinessProbe']>): Probe {
  const { guestAgentPing: _, initialDelaySeconds = 0, ...rest } = probe;
  return { ...rest, initialDelaySeconds: initialDelaySeconds + PROBE_DELAY_SECONDS } as Probe;
}

function resources(domain: Domain): NonNullable<Container['resources']> {
  const { cpu, resources: asked } = domain;
  const cpus = (cpu?.sockets || 1) * (cpu?.cores || 1) * (cpu?.threads || 1);
  const { memory, ...limits } = asked?.limits ?? {};
  const tun = { 'devices.kubevirt.io/tun': '1' };
  const total = memoryRequest(domain, cpus);
  const limit = memory === undefined ? undefined : bytesLike(amount(memory) + overhead(domain, cpus), memory);
  return {
    limits: { ...limits, ...tun, ...(limit !== undefined && { memory: limit }) },
    requests: {
      'ephemeral-storage': '50M',
      ...tun,
      cpu: canonical(asked?.requests?.cpu ?? `${cpus * CPU_REQUEST_MILLI}m`),
      memory: total,
    },
  };
}

/** What is asked for, or what the guest gets, and what a launcher needs besides. */
function memoryRequest(domain: Domain, cpus: number): string {
  const { memory, resources: asked } = domain;
  const own = asked?.requests?.memory ?? asked?.limits?.memory ?? memory?.guest ?? '0';
  if (asked?.overcommitGuestOverhead) return canonical(own);
  return bytesLike(amount(own) + overhead(domain, cpus), own);
}

function overhead(domain: Domain, cpus: number): number {
  const { devices, resources: asked } = domain;
  const graphics = devices.autoattachGraphicsDevice === false ? 0 : OVERHEAD_OF_GRAPHICS_MEBIBYTES;
  const slack = isLimited(domain) ? OVERHEAD_OF_LIMITS_MEBIBYTES : 0;
  const mebibytes = OVERHEAD_MEBIBYTES + cpus * OVERHEAD_PER_CPU_MEBIBYTES + graphics + slack;
  return mebibytes * MEBI + Math.ceil(amount(asked?.requests?.memory) / PAGE_TABLE_RATIO);
}

/** Whether the pod may use just what it asks for: Kubernetes then calls it guaranteed. */
function isLimited({ resources: asked }: Domain): boolean {
  return (['cpu', 'memory'] as const).every((what) => {
    const limit = asked?.limits?.[what];
    return limit !== undefined && thousandths(limit) === thousandths(asked?.requests?.[what] ?? limit);
  });
}

function containerDisks(vmi: VirtualMachineInstance): Container[] {
  return (vmi.spec.volumes ?? []).flatMap(({ name, containerDisk }) => {
    if (!containerDisk) return [];
    const { image, imagePullPolicy } = containerDisk;
    const { securityContext } = program(name);
    const { runAsGroup: _, ...rest } = securityContext ?? {};
    return [
      {
        name: `volume${name}`,
        image,
        ...(imagePullPolicy && { imagePullPolicy }),
        resources: diskResources(vmi.spec.domain),
        securityContext: rest,
      },
    ];
  });
}

function diskResources(domain: Domain): NonNullable<Container['resources']> {
  const limits = { cpu: '10m', memory: '40M' };
  const requests = isLimited(domain) ? limits : { cpu: '1m', memory: '1M' };
  return { limits, requests: { 'ephemeral-storage': '50M', ...requests } };
}
