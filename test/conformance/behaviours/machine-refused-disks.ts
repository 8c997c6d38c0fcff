import { add, set } from './machine-manifest.ts';
import { INVALID, refusals } from './machine-refusal.ts';

const DISKS = 'spec.domain.devices.disks';
const FIRST = 'domain.devices.disks.0';
const NIC = 'spec.domain.devices.interfaces[0]';

export const machineRefusedDisks = refusals('refusing a machine for its disks', {
  'a CD-ROM on virtio': [
    set(`${FIRST}.cdrom.bus`, 'virtio'),
    [INVALID, `${DISKS}[0].cdrom.bus`, 'Bus type virtio is invalid for CD-ROM device'],
  ],
  'a CD-ROM on IDE': [set(`${FIRST}.cdrom.bus`, 'ide'), [INVALID, `${DISKS}[0].cdrom.bus`, 'IDE bus is not supported']],
  'a bus that nobody knows': [
    set(`${FIRST}.cdrom.bus`, 'nvme'),
    [
      INVALID,
      `${DISKS}[0].cdrom.bus`,
      `${DISKS}[0] is set with an unrecognized bus nvme, must be one of: [virtio scsi sata usb]`,
    ],
  ],
  'a hard disk on SATA that is read-only': [
    set(FIRST, { name: 'iso', disk: { bus: 'sata', readonly: true } }),
    [INVALID, `${DISKS}[0].disk.bus`, 'sata hard-disks do not support read-only.'],
  ],
  'a disk that is two kinds of disk': [
    set(`${FIRST}.disk`, { bus: 'sata' }),
    [INVALID, `${DISKS}[0]`, `${DISKS}[0] can only have a single target type defined`],
  ],
  'a cache mode that nobody knows': [
    set(`${FIRST}.cache`, 'unsafe'),
    [INVALID, `${DISKS}[0].cache`, `${DISKS}[0].cache has invalid value unsafe`],
  ],
  'a boot order of zero': [
    set(`${FIRST}.bootOrder`, 0),
    [INVALID, `${DISKS}[0].bootOrder`, `${DISKS}[0] must have a boot order > 0, if supplied`],
  ],
  'two devices that boot first': [
    set('domain.devices.interfaces.0.bootOrder', 1),
    [INVALID, `${NIC}.bootOrder`, `Boot order for ${NIC}.bootOrder already set for a different device.`],
  ],
  'two disks of one name': [
    add('domain.devices.disks', { name: 'iso', disk: { bus: 'virtio' } }),
    [INVALID, `${DISKS}[1].name`, `${DISKS}[1] and ${DISKS}[0] must not have the same Name.`],
  ],
  'two volumes of one name': [
    add('volumes', { name: 'iso', emptyDisk: { capacity: '1Gi' } }),
    [INVALID, 'spec.volumes[1].name', 'spec.volumes[1] and spec.volumes[0] must not have the same Name.'],
  ],
  'a hard disk without a volume': [
    add('domain.devices.disks', { name: 'data', disk: { bus: 'virtio' } }),
    [INVALID, `${DISKS}[1].name`, `${DISKS}[1].Name 'data' not found.`],
  ],
  'an empty CD-ROM': [
    add('domain.devices.disks', { name: 'data', cdrom: { bus: 'sata' } }),
    [
      INVALID,
      `${DISKS}[1].name`,
      'DeclarativeHotplugVolumes feature gate not enabled, cannot define an empty CD-ROM disk',
    ],
  ],
  'a volume with two sources': [
    set('volumes.0.emptyDisk', { capacity: '1Gi' }),
    [INVALID, 'spec.volumes[0]', 'spec.volumes[0] must have exactly one source type set'],
  ],
  'a volume without a source': [
    set('volumes.0.containerDisk', undefined),
    [INVALID, 'spec.volumes[0]', 'spec.volumes[0] must have exactly one source type set'],
  ],
  'a path in an image that is not absolute': [
    set('volumes.0.containerDisk.path', 'disk.iso'),
    [
      INVALID,
      'spec.volumes[0].containerDisk',
      'spec.volumes[0].containerDisk must be an absolute path to a file without relative components',
    ],
  ],
});
