import { add, type Change, set } from './machine-manifest.ts';
import { DUPLICATE, INVALID, REQUIRED, refusals, UNSUPPORTED } from './machine-refusal.ts';

const SECOND = 'spec.domain.devices.interfaces[1]';
const NIC = 'spec.domain.devices.interfaces[0]';
const FIRST = 'domain.devices.interfaces.0';

const all =
  (...changes: Change[]): Change =>
  (vmi) => {
    for (const change of changes) change(vmi);
  };

export const machineRefusedNetworks = refusals(
  'refusing a machine for its networks',
  {
    'an interface without a network': [
      add('domain.devices.interfaces', { name: 'other', bridge: {} }),
      [INVALID, `${SECOND}.name`, `${SECOND}.name 'other' not found.`],
    ],
    'a network without an interface': [
      add('networks', { name: 'other', multus: { networkName: 'other' } }),
      [REQUIRED, 'spec.networks[1].name', "spec.networks[1].name 'other' not found."],
    ],
    "two networks that are the pod's": [
      all(
        add('networks', { name: 'other', pod: {} }),
        add('domain.devices.interfaces', { name: 'other', masquerade: {} }),
      ),
      [DUPLICATE, 'spec.interfaces', 'more than one interface is connected to a pod network in spec.interfaces'],
    ],
    'two interfaces on one network': [
      add('domain.devices.interfaces', { name: 'default', masquerade: {} }),
      [DUPLICATE, `${SECOND}.name`, 'Only one interface can be connected to one specific network'],
    ],
    'a network that leads nowhere': [
      all(
        set('networks', [{ name: 'default', pod: {} }, { name: 'other' }]),
        add('domain.devices.interfaces', { name: 'other', bridge: {} }),
      ),
      [REQUIRED, 'spec.networks[1]', 'should have a network type'],
    ],
    "masquerade on a network that is not the pod's": [
      all(set('networks.0', { name: 'default', multus: { networkName: 'other' } }), set('readinessProbe', undefined)),
      [INVALID, `${NIC}.name`, 'Masquerade interface only implemented with pod network'],
    ],
    'a network card that nobody knows': [
      set(`${FIRST}.model`, 'ne1000'),
      [UNSUPPORTED, `${NIC}.model`, `interface ${NIC}.name uses model ne1000 that is not supported.`],
    ],
    'a MAC address that is none': [
      set(`${FIRST}.macAddress`, 'de:ad'),
      [INVALID, `${NIC}.macAddress`, `interface ${NIC}.name has malformed MAC address (de:ad).`],
    ],
    'the MAC address of the bridge': [
      set(`${FIRST}.macAddress`, '02:00:00:00:00:00'),
      [
        INVALID,
        `${NIC}.macAddress`,
        'The requested MAC address is reserved for the in-pod bridge. Please choose another one.',
      ],
    ],
    'a port without a number': [
      set(`${FIRST}.ports.0.port`, undefined),
      [REQUIRED, `${NIC}.ports[0]`, 'Port field is mandatory.'],
    ],
    'a port that is too large': [
      set(`${FIRST}.ports.0.port`, 70_000),
      [INVALID, `${NIC}.ports[0]`, 'Port field must be in range 0 < x < 65536.'],
    ],
    'a port whose name is none': [
      set(`${FIRST}.ports.0.name`, 'a name'),
      [INVALID, `${NIC}.ports[0].name`, 'Invalid name of the port: a name'],
    ],
    'two ports of one name': [
      add(`${FIRST}.ports`, { name: 'ssh', port: 23 }),
      [DUPLICATE, `${NIC}.ports[1].name`, 'Duplicate name of the port: ssh'],
    ],
    'a protocol that nobody forwards': [
      set(`${FIRST}.ports.0.protocol`, 'SCTP'),
      [INVALID, `${NIC}.ports[0].protocol`, 'Unknown protocol, only TCP or UDP allowed'],
    ],
  },
  2,
);
