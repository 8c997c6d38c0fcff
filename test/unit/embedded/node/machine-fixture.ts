import type { VirtualMachineInstance } from '../../../../src/kube/resources.ts';

/** A machine like the ones that containers are. */
export function machine(name = 'lab-10000'): VirtualMachineInstance {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name, namespace: 'default', uid: 'uid-of-the-machine', labels: { 'anweddol.io/server': 'lab' } },
    spec: {
      terminationGracePeriodSeconds: 0,
      evictionStrategy: 'None',
      domain: {
        machine: { type: 'q35' },
        cpu: { cores: 2 },
        memory: { guest: '256Mi' },
        firmware: { uuid: '7b0d6f0e-3f0c-4e0e-9a4e-2f6f2f1c9d11', bootloader: { bios: {} } },
        clock: { utc: {}, timer: { rtc: { tickPolicy: 'catchup' }, hpet: { present: false } } },
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
              ports: [{ name: 'ssh', port: 22, protocol: 'TCP' }],
            },
          ],
        },
      },
      networks: [{ name: 'default', pod: {} }],
      readinessProbe: { tcpSocket: { port: 22 }, periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 3 },
      volumes: [{ name: 'iso', containerDisk: { image: 'iso:1' } }],
    },
  };
}
