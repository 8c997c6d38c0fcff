import type { Answer, Json } from '../api-caller.ts';
import type { World } from '../behaviour.ts';
import { expected, machines, nodeName } from '../machine-node.ts';

/** A machine like the ones that containers are; it asks for the behaviour's own node, so that no scheduler takes it. */
export function machine(world: World, name = 'one'): Json {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name, labels: { 'anweddol.io/state': 'warm' }, annotations: { 'anweddol.io/note': 'kept' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      evictionStrategy: 'None',
      nodeSelector: { 'kubernetes.io/hostname': nodeName(world) },
      domain: {
        machine: { type: 'q35' },
        cpu: { cores: 2 },
        memory: { guest: '2Gi' },
        firmware: { uuid: '7b0d6f0e-3f0c-4e0e-9a4e-2f6f2f1c9d11', bootloader: { bios: {} } },
        clock: { utc: {}, timer: { rtc: { tickPolicy: 'catchup' }, hpet: { present: false } } },
        features: { acpi: {}, apic: {} },
        devices: {
          autoattachGraphicsDevice: false,
          logSerialConsole: false,
          rng: {},
          disks: [{ name: 'iso', bootOrder: 1, cdrom: { bus: 'sata' } }],
          interfaces: [
            { name: 'default', model: 'virtio', masquerade: {}, ports: [{ name: 'ssh', port: 22, protocol: 'TCP' }] },
          ],
        },
      },
      networks: [{ name: 'default', pod: {} }],
      readinessProbe: { tcpSocket: { port: 22 }, periodSeconds: 2 },
      volumes: [{ name: 'iso', containerDisk: { image: 'registry.example/iso:1' } }],
    },
  };
}

export type Change = (vmi: Json) => void;

/** Sets a field of the spec, or takes it away. @param path with dots, such as `volumes.0.name` */
export function set(path: string, value: unknown): Change {
  return ({ spec }) => {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.reduce((at, key) => {
      at[key] ??= {};
      return at[key];
    }, spec);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  };
}

/** Adds an item to a list of the spec. */
export function add(path: string, item: unknown): Change {
  return ({ spec }) =>
    path
      .split('.')
      .reduce((at, key) => at[key], spec)
      .push(item);
}

/** Posts the machine, changed, as a dry run: nothing is left to clean up. */
export function tried(world: World, change: Change, query = ''): Promise<Answer> {
  const vmi = machine(world);
  change(vmi);
  return world.admin.post(`${machines(world)}?dryRun=All${query}`, vmi);
}

/** What the API server would store of the machine, changed. */
export async function admitted(world: World, change: Change = () => {}): Promise<Json> {
  return expected(201, await tried(world, change));
}

/** Makes the machine, changed. */
export async function created(world: World, change: Change = () => {}): Promise<Json> {
  const vmi = machine(world);
  change(vmi);
  return expected(201, await world.admin.post(machines(world), vmi));
}
