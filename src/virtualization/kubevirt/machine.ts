/** The VirtualMachineInstance of a container: claim in, manifest out. */
import {
  ANNOTATION_CLAIMED_AT,
  ANNOTATION_CLIENT_ID,
  ANNOTATION_CLIENT_TOKEN_SHA256,
  ANNOTATION_DELIVER_BY,
  ANNOTATION_EXPIRES_AT,
  ANNOTATION_LISTEN_PORT,
  ANNOTATION_START_BY,
  API_GROUP,
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

/** Slack for the reply after the start deadline: the handshake's own timeout for taking the reply, and a margin. */
const DELIVERY_MARGIN_SECONDS = 15;

/** The machine that claims the slot `port` for a client at `now` (milliseconds). */
export function machine(
  settings: ServerSettings,
  claim: ContainerClaim,
  port: number,
  now: number,
): VirtualMachineInstance {
  const { server, spec } = settings;
  const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
  const startBy = spec.containers.startTimeoutSeconds;
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name: containerName(server.name, port),
      namespace: server.namespace,
      labels: {
        [LABEL_MANAGED_BY]: FIELD_MANAGER,
        [LABEL_COMPONENT]: 'container',
        [LABEL_SERVER]: server.name,
        [LABEL_CONTAINER_UUID]: claim.uuid,
        [LABEL_STATE]: 'claimed',
      },
      annotations: {
        [ANNOTATION_CLIENT_ID]: claim.clientId,
        [ANNOTATION_CLIENT_TOKEN_SHA256]: claim.clientTokenSha256,
        [ANNOTATION_LISTEN_PORT]: String(port),
        [ANNOTATION_CLAIMED_AT]: at(0),
        [ANNOTATION_START_BY]: at(startBy),
        [ANNOTATION_DELIVER_BY]: at(startBy + spec.clientTimeoutSeconds + DELIVERY_MARGIN_SECONDS),
        [ANNOTATION_EXPIRES_AT]: at(spec.containers.maxLifetimeSeconds),
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
    spec: machineSpec(spec, claim.uuid),
  };
}

/** What a container's machine is made of. */
export function machineSpec(spec: ServerSettings['spec'], uuid: string): VirtualMachineInstance['spec'] {
  return {
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
        disks: [{ name: 'iso', bootOrder: 1, cdrom: { bus: 'sata', readonly: true } }],
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
    volumes: [{ name: 'iso', ...isoVolume(spec.iso) }],
  };
}

function isoVolume(iso: ServerSettings['spec']['iso']) {
  if (iso.persistentVolumeClaim) {
    return { persistentVolumeClaim: { claimName: iso.persistentVolumeClaim, readOnly: true } };
  }
  return { containerDisk: { image: iso.image ?? '' } };
}
