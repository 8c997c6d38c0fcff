/** The VirtualMachineInstance of a container, claimed or booted ahead of demand: settings and slot in, manifest out. */
import { createHash } from 'node:crypto';
import {
  ANNOTATION_CLAIMED_AT,
  ANNOTATION_CLIENT_ID,
  ANNOTATION_CLIENT_TOKEN_SHA256,
  ANNOTATION_DELIVER_BY,
  ANNOTATION_EXPIRES_AT,
  ANNOTATION_ISO_SHA256,
  ANNOTATION_LISTEN_PORT,
  ANNOTATION_MACHINE_SHA256,
  ANNOTATION_START_BY,
  API_GROUP,
  type ContainerState,
  containerName,
  FIELD_MANAGER,
  LABEL_COMPONENT,
  LABEL_CONTAINER_UUID,
  LABEL_MANAGED_BY,
  LABEL_SERVER,
  LABEL_STATE,
} from '../../api/names.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import type { ContainerClaim } from '../container-backend.ts';
import { ANNOTATION_TRACEPARENT } from './trace-annotation.ts';

/** What a claim writes on the machine of itself. */
interface Owner extends Pick<ContainerClaim, 'clientId' | 'clientTokenSha256'> {
  /** Where somebody follows the claim. */
  traceparent?: string | undefined;
}

/** Slack for the reply after the start deadline: the handshake's own timeout for taking the reply, and a margin. */
const DELIVERY_MARGIN_SECONDS = 15;

/** The machine that claims the slot `port` for a client at `now` (milliseconds). */
export function claimedMachine(
  settings: ServerSettings,
  claim: Owner & Pick<ContainerClaim, 'uuid'>,
  port: number,
  now: number,
): VirtualMachineInstance {
  return machine(settings, {
    uuid: claim.uuid,
    port,
    state: 'claimed',
    annotations: claimAnnotations(settings, claim, now),
  });
}

/** The machine that is booted into the slot `port` at `now` (milliseconds) before anybody has asked for it. */
export function bootingMachine(
  settings: ServerSettings,
  uuid: string,
  port: number,
  now: number,
): VirtualMachineInstance {
  const { startTimeoutSeconds, maxLifetimeSeconds } = settings.spec.containers;
  const annotations = {
    [ANNOTATION_START_BY]: timeAfter(now, startTimeoutSeconds),
    [ANNOTATION_EXPIRES_AT]: timeAfter(now, maxLifetimeSeconds),
  };
  return machine(settings, { uuid, port, state: 'booting', annotations });
}

/** What a claim at `now` (milliseconds) writes on the machine: whose it is from then on, and its deadlines. */
export function claimAnnotations({ spec }: ServerSettings, claim: Owner, now: number): Record<string, string> {
  const { startTimeoutSeconds, maxLifetimeSeconds } = spec.containers;
  const deliverBy = startTimeoutSeconds + spec.clientTimeoutSeconds + DELIVERY_MARGIN_SECONDS;
  return {
    [ANNOTATION_CLIENT_ID]: claim.clientId,
    [ANNOTATION_CLIENT_TOKEN_SHA256]: claim.clientTokenSha256,
    [ANNOTATION_CLAIMED_AT]: timeAfter(now, 0),
    [ANNOTATION_START_BY]: timeAfter(now, startTimeoutSeconds),
    [ANNOTATION_DELIVER_BY]: timeAfter(now, deliverBy),
    [ANNOTATION_EXPIRES_AT]: timeAfter(now, maxLifetimeSeconds),
    ...(claim.traceparent && { [ANNOTATION_TRACEPARENT]: claim.traceparent }),
  };
}

function timeAfter(now: number, seconds: number): string {
  return new Date(now + seconds * 1000).toISOString();
}

function machine(
  { server, spec }: ServerSettings,
  given: { uuid: string; port: number; state: ContainerState; annotations: Record<string, string> },
): VirtualMachineInstance {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name: containerName(server.name, given.port),
      namespace: server.namespace,
      labels: {
        [LABEL_MANAGED_BY]: FIELD_MANAGER,
        [LABEL_COMPONENT]: 'container',
        [LABEL_SERVER]: server.name,
        [LABEL_CONTAINER_UUID]: given.uuid,
        [LABEL_STATE]: given.state,
      },
      annotations: {
        ...given.annotations,
        [ANNOTATION_LISTEN_PORT]: String(given.port),
        [ANNOTATION_ISO_SHA256]: spec.iso.sha256,
        [ANNOTATION_MACHINE_SHA256]: machineDigest(spec),
      },
      ownerReferences: [
        {
          apiVersion: `${API_GROUP}/v1alpha1`,
          kind: 'AnweddolServer',
          name: server.name,
          uid: server.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: machineSpec(spec, given.uuid),
  };
}

/** Identifies what machines of these settings are made of; a machine with another digest is of an older kind. */
export function machineDigest(spec: ServerSettings['spec']): string {
  return createHash('sha256')
    .update(JSON.stringify([spec.iso.sha256, machineSpec(spec, '')]))
    .digest('hex');
}

/** What a container's machine is made of. */
export function machineSpec(spec: ServerSettings['spec'], uuid: string): VirtualMachineInstance['spec'] {
  const { scratchDisk, nodeSelector, tolerations, priorityClassName } = spec.containers;
  return {
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && { tolerations }),
    ...(priorityClassName && { priorityClassName }),
    ...dnsOf(spec.containers.isolation.dns),
    // A container is thrown away: nothing in it wants a goodbye.
    terminationGracePeriodSeconds: 0,
    // A migration would change the address under a running SSH session.
    evictionStrategy: 'None',
    domain: {
      ...(spec.containers.rebootPolicy === 'Terminate' && { rebootPolicy: 'Terminate' }),
      machine: { type: 'q35' },
      cpu: { cores: spec.containers.vcpus },
      memory: { guest: spec.containers.memory },
      firmware: { uuid, bootloader: { bios: {} } },
      clock: {
        utc: {},
        timer: { rtc: { tickPolicy: 'catchup' }, pit: { tickPolicy: 'delay' }, hpet: { present: false } },
      },
      features: { acpi: {}, apic: {} },
      devices: {
        autoattachGraphicsDevice: false,
        logSerialConsole: false,
        rng: {},
        disks: [
          { name: 'iso', bootOrder: 1, cdrom: { bus: 'sata', readonly: true } },
          ...(scratchDisk ? [{ name: 'scratch', disk: { bus: 'virtio' } }] : []),
        ],
        interfaces: [
          {
            name: 'default',
            model: 'virtio',
            masquerade: {},
            ports: [{ name: 'ssh', port: spec.containers.endpoint.port, protocol: 'TCP' }],
          },
        ],
      },
    },
    networks: [{ name: 'default', pod: {} }],
    readinessProbe: {
      tcpSocket: { port: spec.containers.endpoint.port },
      periodSeconds: 2,
      timeoutSeconds: 1,
      failureThreshold: 3,
    },
    volumes: [
      { name: 'iso', ...isoVolume(spec.iso) },
      ...(scratchDisk ? [{ name: 'scratch', emptyDisk: { capacity: scratchDisk } }] : []),
    ],
  };
}

/** The guest is told the resolvers of its pod. */
function dnsOf({
  mode,
  servers = [],
}: ServerSettings['spec']['containers']['isolation']['dns']): Pick<
  VirtualMachineInstance['spec'],
  'dnsPolicy' | 'dnsConfig'
> {
  if (mode === 'Cluster') return {};
  // A pod without a resolver can't be had; nothing answers at this one.
  return { dnsPolicy: 'None', dnsConfig: { nameservers: mode === 'Servers' ? servers : ['127.0.0.1'] } };
}

function isoVolume(iso: ServerSettings['spec']['iso']) {
  if (iso.persistentVolumeClaim) {
    return { persistentVolumeClaim: { claimName: iso.persistentVolumeClaim, readOnly: true } };
  }
  const { image = '', imagePullSecret } = iso;
  return { containerDisk: { image, ...(imagePullSecret && { imagePullSecret }) } };
}
