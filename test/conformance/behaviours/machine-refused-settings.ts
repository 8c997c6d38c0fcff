import { type Change, set } from './machine-manifest.ts';
import { INVALID, REQUIRED, refusals, UNSUPPORTED } from './machine-refusal.ts';

const MEMORY = 'spec.domain.resources.requests.memory';
const CPU = 'spec.domain.resources.requests.cpu';
const BOOTLOADER = 'spec.domain.firmware.bootloader';
const PROBE = 'spec.readinessProbe';

const withoutNetwork: Change = ({ spec }) => {
  delete spec.networks;
  delete spec.domain.devices.interfaces;
  spec.domain.devices.autoattachPodInterface = false;
};

export const machineRefusedSettings = refusals('refusing a machine for its settings', {
  'the machine type pc': [
    set('domain.machine.type', 'pc'),
    [
      INVALID,
      'spec.domain.machine.type',
      'spec.domain.machine.type is not supported: pc (allowed values: [q35* pc-q35*])',
    ],
  ],
  'a boot loader that is both BIOS and EFI': [
    set('domain.firmware.bootloader.efi', { secureBoot: false }),
    [INVALID, BOOTLOADER, `${BOOTLOADER} has both EFI and BIOS configured, but they are mutually exclusive.`],
  ],
  'no memory': [
    set('domain.memory', undefined),
    [
      REQUIRED,
      '',
      `no memory requested, at least one of 'spec.domain.memory.guest', 'spec.domain.memory.hugepages.size' or '${MEMORY}' must be set`,
    ],
  ],
  'a request of less than a megabyte': [
    set('domain.resources', { requests: { memory: '1k' } }),
    [INVALID, MEMORY, `${MEMORY} '1k': must be greater than or equal to 1M.`],
  ],
  'a request of less than no memory': [
    set('domain.resources', { requests: { memory: '-1Gi' } }),
    [INVALID, MEMORY, `${MEMORY} '-1Gi': must be greater than or equal to 0.`],
  ],
  'a request of memory above its limit': [
    set('domain.resources', { requests: { memory: '2048Mi' }, limits: { memory: '1Gi' } }),
    [INVALID, MEMORY, `${MEMORY} '2Gi' is greater than spec.domain.resources.limits.memory '1Gi'`],
  ],
  'a request of processors above its limit': [
    set('domain.resources', { requests: { cpu: '2' }, limits: { cpu: '1' } }),
    [INVALID, CPU, `${CPU} '2' is greater than spec.domain.resources.limits.cpu '1'`],
  ],
  'a request of less than no processor': [
    set('domain.resources', { requests: { cpu: '-1' } }),
    [INVALID, CPU, `${CPU} '-1': must be greater than or equal to 0.`],
  ],
  'more sockets than it may get': [
    set('domain.cpu', { sockets: 4, maxSockets: 2 }),
    [
      INVALID,
      'spec.domain.cpu.sockets',
      'Number of sockets in CPU topology is greater than the maximum sockets allowed',
    ],
  ],
  'a panic device that nobody knows': [
    set('domain.devices.panicDevices', [{ model: 'alarm' }]),
    [INVALID, 'spec.domain.devices.panicDevices[0].model', 'invalid PanicDeviceModel(alarm)'],
  ],
  'a probe that asks nothing': [
    set('readinessProbe', { periodSeconds: 1 }),
    [
      REQUIRED,
      PROBE,
      `either ${PROBE}.tcpSocket, ${PROBE}.exec or ${PROBE}.httpGet must be set if a ${PROBE} is specified`,
    ],
  ],
  'a probe that asks two things': [
    set('readinessProbe.httpGet', { port: 80 }),
    [INVALID, PROBE, `${PROBE} must have exactly one probe type set`],
  ],
  'a probe but no network': [
    withoutNetwork,
    [INVALID, `${PROBE}.tcpSocket`, `${PROBE}.tcpSocket is only allowed if the Pod Network is attached`],
  ],
  'an eviction strategy that nobody knows': [
    set('evictionStrategy', 'Sometimes'),
    [INVALID, 'spec.evictionStrategy', 'spec.evictionStrategy is set with an unrecognized option: Sometimes'],
  ],
  'the architecture of other nodes': [
    set('architecture', 'riscv64'),
    [
      REQUIRED,
      'spec.architecture',
      'MultiArchitecture feature gate is not enabled in kubevirt-config, invalid entry spec.architecture',
    ],
    [INVALID, 'spec.architecture', 'unsupported architecture: riscv64'],
  ],
  "a label of KubeVirt's own": [
    ({ metadata }) => {
      metadata.labels['kubevirt.io/nodeName'] = 'mine';
    },
    [
      UNSUPPORTED,
      'metadata.labels',
      'creation of the following reserved kubevirt.io/ labels on a VMI object is prohibited',
    ],
  ],
});
