/**
 * The CustomResourceDefinition of VirtualMachineInstance, with the fields that containers use out of KubeVirt's some 750. An
 * unknown field is pruned, and refused under strict validation, as it would be on a cluster with KubeVirt.
 */
import type { V1CustomResourceDefinition, V1JSONSchemaProps } from '@kubernetes/client-node';
import type { KubeVirtVersion } from './version.ts';

type Schema = V1JSONSchemaProps;
type Fields = Record<string, Schema>;

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer' };
const yesNo: Schema = { type: 'boolean' };
const quantity: Schema = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
} as Schema;
const intOrString: Schema = quantity;
const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as Schema;
const empty: Schema = { type: 'object' };
const strings: Schema = { type: 'object', additionalProperties: text };
const quantities: Schema = { type: 'object', additionalProperties: quantity };

const disk = object(
  {
    name: text,
    bootOrder: whole,
    serial: text,
    cache: text,
    cdrom: object({ bus: text, readonly: yesNo, tray: text }),
    disk: object({ bus: text, readonly: yesNo, pciAddress: text }),
    lun: object({ bus: text, readonly: yesNo, reservation: yesNo }),
  },
  ['name'],
);

const networkInterface = object(
  {
    name: text,
    model: text,
    macAddress: text,
    bootOrder: whole,
    bridge: empty,
    masquerade: empty,
    sriov: empty,
    ports: list(object({ name: text, port: whole, protocol: text })),
  },
  ['name'],
);

const timer = (fields: Fields) => object({ present: yesNo, ...fields });
const feature = object({ enabled: yesNo });

const domain = (version: KubeVirtVersion) =>
  object(
    {
      machine: object({ type: text }),
      cpu: object({ cores: whole, sockets: whole, threads: whole, maxSockets: whole, model: text }),
      memory: object({ guest: quantity, maxGuest: quantity, hugepages: object({ pageSize: text }) }),
      resources: object({ requests: quantities, limits: quantities, overcommitGuestOverhead: yesNo }),
      firmware: object({
        uuid: text,
        serial: text,
        bootloader: object({
          bios: object({ useSerial: yesNo }),
          efi: object({ secureBoot: yesNo, persistent: yesNo }),
        }),
      }),
      clock: object({
        utc: object({ offsetSeconds: whole }),
        timezone: text,
        timer: object({
          rtc: timer({ tickPolicy: text, track: text }),
          pit: timer({ tickPolicy: text }),
          hpet: timer({ tickPolicy: text }),
          kvm: timer({}),
          hyperv: timer({}),
        }),
      }),
      features: object({ acpi: feature, apic: object({ enabled: yesNo, endOfInterrupt: yesNo }), smm: feature }),
      ...(version === '1.9' && { rebootPolicy: oneOf('Reboot', 'Terminate') }),
      devices: object({
        autoattachGraphicsDevice: yesNo,
        autoattachMemBalloon: yesNo,
        autoattachPodInterface: yesNo,
        autoattachSerialConsole: yesNo,
        logSerialConsole: yesNo,
        rng: empty,
        panicDevices: list(object({ model: text })),
        disks: list(disk),
        interfaces: list(networkInterface),
      }),
    },
    ['devices'],
  );

const volume = object(
  {
    name: text,
    containerDisk: object({
      image: text,
      path: text,
      imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
      imagePullSecret: text,
    }),
    persistentVolumeClaim: object({ claimName: text, readOnly: yesNo, hotpluggable: yesNo }, ['claimName']),
    dataVolume: object({ name: text, hotpluggable: yesNo }, ['name']),
    emptyDisk: object({ capacity: quantity }, ['capacity']),
  },
  ['name'],
);

const probe = object({
  initialDelaySeconds: whole,
  timeoutSeconds: whole,
  periodSeconds: whole,
  successThreshold: whole,
  failureThreshold: whole,
  tcpSocket: object({ host: text, port: intOrString }, ['port']),
  httpGet: object(
    { host: text, path: text, port: intOrString, scheme: text, httpHeaders: list(object({ name: text, value: text })) },
    ['port'],
  ),
});

const spec = (version: KubeVirtVersion) =>
  object(
    {
      domain: domain(version),
      architecture: text,
      hostname: text,
      terminationGracePeriodSeconds: whole,
      evictionStrategy: text,
      priorityClassName: text,
      dnsPolicy: text,
      dnsConfig: object({ nameservers: list(text), searches: list(text), options: list(anything) }),
      nodeSelector: strings,
      tolerations: list(anything),
      affinity: anything,
      topologySpreadConstraints: list(anything),
      readinessProbe: probe,
      livenessProbe: probe,
      networks: list(
        object({ name: text, pod: object({ vmNetworkCIDR: text }), multus: object({ networkName: text }) }, ['name']),
      ),
      volumes: list(volume),
    },
    ['domain'],
  );

export function machineDefinition(version: KubeVirtVersion = '1.9'): V1CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'virtualmachineinstances.kubevirt.io' },
    spec: {
      group: 'kubevirt.io',
      scope: 'Namespaced',
      names: {
        kind: 'VirtualMachineInstance',
        listKind: 'VirtualMachineInstanceList',
        plural: 'virtualmachineinstances',
        singular: 'virtualmachineinstance',
        shortNames: ['vmi', 'vmis'],
        categories: ['all'],
      },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          // KubeVirt's has no status subresource: whoever may write a machine may try to write its status.
          schema: {
            openAPIV3Schema: object(
              { apiVersion: text, kind: text, metadata: empty, spec: spec(version), status: anything },
              ['spec'],
            ),
          },
          additionalPrinterColumns: [
            { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
            { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
            { name: 'IP', type: 'string', jsonPath: '.status.interfaces[0].ipAddress' },
            { name: 'NodeName', type: 'string', jsonPath: '.status.nodeName' },
            { name: 'Ready', type: 'string', jsonPath: conditionPath('Ready') },
            { name: 'Live-Migratable', type: 'string', jsonPath: conditionPath('LiveMigratable'), priority: 1 },
            { name: 'Paused', type: 'string', jsonPath: conditionPath('Paused'), priority: 1 },
          ],
        },
      ],
    },
  };
}

function conditionPath(type: string): string {
  return `.status.conditions[?(@.type=='${type}')].status`;
}

function object(properties: Fields, required?: string[]): Schema {
  return { type: 'object', properties, ...(required && { required }) };
}

function oneOf(...values: string[]): Schema {
  return { ...text, ...{ enum: values } };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}
