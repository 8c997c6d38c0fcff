import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { duplicate, invalid, type Problem, required } from './problem.ts';

type Spec = VirtualMachineInstance['spec'];
type Interface = NonNullable<Spec['domain']['devices']['interfaces']>[number];
type Network = NonNullable<Spec['networks']>[number];
type Port = NonNullable<Interface['ports']>[number];

const INTERFACES = 'spec.domain.devices.interfaces';
const MODELS = ['e1000', 'e1000e', 'igb', 'ne2k_pci', 'pcnet', 'rtl8139', 'virtio'];
const BRIDGE_ADDRESS = '02:00:00:00:00:00';
const LARGEST_PORT = 65_536;

export function networkProblems({ domain, networks = [] }: Spec): Problem[] {
  const all = domain.devices.interfaces ?? [];
  const networkOf = (name: string) => networks.findLast((network) => network.name === name);
  return [
    ...sources(networks),
    ...all.flatMap((nic, index) => masquerade(nic, networkOf(nic.name), `${INTERFACES}[${index}]`)),
    ...again(networks, (name, index) => {
      const message = `Network with name "${name}" already exists, every network must have a unique name`;
      return duplicate(`spec.networks[${index}].name`, message);
    }),
    ...networks.flatMap(({ name }, index) => {
      const field = `spec.networks[${index}].name`;
      return all.some((nic) => nic.name === name) ? [] : [required(field, `${field} '${name}' not found.`)];
    }),
    ...again(all, (_, index) =>
      duplicate(`${INTERFACES}[${index}].name`, 'Only one interface can be connected to one specific network'),
    ),
    ...all.flatMap(({ name }, index) => {
      const field = `${INTERFACES}[${index}].name`;
      return networkOf(name) ? [] : [invalid(field, `${field} '${name}' not found.`)];
    }),
    ...all.flatMap((nic, index) => fields(nic, networkOf(nic.name), `${INTERFACES}[${index}]`)),
  ];
}

function again(all: { name: string }[], problem: (name: string, index: number) => Problem): Problem[] {
  return all.flatMap(({ name }, index) =>
    all.findIndex((other) => other.name === name) === index ? [] : [problem(name, index)],
  );
}

function sources(networks: Network[]): Problem[] {
  const message = 'more than one interface is connected to a pod network in spec.interfaces';
  const onPodNetwork = networks.filter(({ pod }) => pod);
  return [
    ...(onPodNetwork.length > 1 ? [duplicate('spec.interfaces', message)] : []),
    ...networks.flatMap(({ pod, multus }, index) => {
      if (!pod !== !multus) return [];
      const why = pod ? 'should have only one network type' : 'should have a network type';
      return [required(`spec.networks[${index}]`, why)];
    }),
  ];
}

function masquerade(nic: Interface, network: Network | undefined, field: string): Problem[] {
  if (!nic.masquerade) return [];
  const reserved = 'The requested MAC address is reserved for the in-pod bridge. Please choose another one.';
  return [
    ...(network?.pod ? [] : [invalid(`${field}.name`, 'Masquerade interface only implemented with pod network')]),
    ...(nic.macAddress === BRIDGE_ADDRESS ? [invalid(`${field}.macAddress`, reserved)] : []),
  ];
}

function fields(nic: Interface, network: Network | undefined, field: string): Problem[] {
  const { name, model, macAddress, ports = [] } = nic;
  const problems: Problem[] = [];
  if (!/^[A-Za-z0-9-_]+$/.test(name)) {
    const message =
      'Network interface name can only contain alphabetical characters, numbers, dashes (-) or underscores (_)';
    problems.push(invalid(`${field}.name`, message));
  }
  if (model && !MODELS.includes(model)) {
    const message = `interface ${field}.name uses model ${model} that is not supported.`;
    problems.push({ reason: 'FieldValueNotSupported', field: `${field}.model`, message });
  }
  if (macAddress && !/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(macAddress)) {
    const message = `interface ${field}.name has malformed MAC address (${macAddress}).`;
    problems.push(invalid(`${field}.macAddress`, message));
  }
  return network?.pod ? [...problems, ...portProblems(ports, `${field}.ports`)] : problems;
}

function portProblems(ports: Port[], path: string): Problem[] {
  const names = ports.flatMap(({ name }, index) => {
    if (!name) return [];
    const field = `${path}[${index}].name`;
    const isSecond = ports.findIndex((other) => other.name === name) !== index;
    return [
      ...(isSecond ? [duplicate(field, `Duplicate name of the port: ${name}`)] : []),
      ...(isPortName(name) ? [] : [invalid(field, `Invalid name of the port: ${name}`)]),
    ];
  });
  const rest = ports.flatMap(({ port = 0, protocol }, index) => {
    const field = `${path}[${index}]`;
    const isInRange = port >= 0 && port <= LARGEST_PORT;
    return [
      ...(port === 0 ? [required(field, 'Port field is mandatory.')] : []),
      ...(isInRange ? [] : [invalid(field, 'Port field must be in range 0 < x < 65536.')]),
      ...(!protocol || protocol === 'TCP' || protocol === 'UDP'
        ? []
        : [invalid(`${field}.protocol`, 'Unknown protocol, only TCP or UDP allowed')]),
    ];
  });
  return [...names, ...rest];
}

function isPortName(name: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name) && /[a-z]/.test(name) && !name.includes('--');
}
