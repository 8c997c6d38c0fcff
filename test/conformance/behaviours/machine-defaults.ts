import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { admitted } from './machine-manifest.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const machineDefaults = chapter('filling in a machine', {
  "gives a new machine KubeVirt's finalizer, besides its own": async (world) => {
    const { metadata } = await admitted(world, (vmi) => {
      vmi.metadata.finalizers = ['example.com/mine'];
    });
    assert.deepEqual(metadata.finalizers, ['example.com/mine', 'kubevirt.io/foregroundDeleteVirtualMachine']);
    assert.deepEqual(metadata.annotations, { 'anweddol.io/note': 'kept' });
  },

  'starts a machine as Pending, whatever phase it claims': async (world) => {
    const { status } = await admitted(world, (vmi) => {
      vmi.status = { phase: 'Running' };
    });
    const [first, ...others] = status.phaseTransitionTimestamps;
    assert.deepEqual([status.phase, first.phase, others], ['Pending', 'Pending', []]);
    assert.match(first.phaseTransitionTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(status.runtimeUser, 107);
    assert.deepEqual(status.memory, { guestAtBoot: '2Gi', guestCurrent: '2Gi', guestRequested: '2Gi' });
  },

  'keeps the firmware UUID of a machine, and makes one up for each that has none': async (world) => {
    const given = await admitted(world);
    assert.equal(given.spec.domain.firmware.uuid, '7b0d6f0e-3f0c-4e0e-9a4e-2f6f2f1c9d11');
    const without = () =>
      admitted(world, ({ spec }) => {
        delete spec.domain.firmware;
      });
    const made = [await without(), await without()].map(({ spec }) => spec.domain.firmware.uuid);
    for (const uuid of made) assert.match(uuid, UUID);
    assert.notEqual(made[0], made[1]);
  },

  'gives a machine that says nothing of processors one, and room for four': async (world) => {
    const cpu = await processors(world, undefined);
    assert.deepEqual(cpu, { model: 'host-model', sockets: 1, cores: 1, threads: 1, maxSockets: 4 });
  },

  'takes a machine with no cores for one that says nothing of processors': async (world) => {
    assert.equal((await processors(world, { cores: 0 })).sockets, 1);
  },

  'gives a machine that counts cores no sockets, and a machine that counts sockets four times as many': async (
    world,
  ) => {
    assert.deepEqual(await processors(world, { cores: 2 }), { model: 'host-model', cores: 2 });
    assert.deepEqual(await processors(world, { sockets: 2 }), { model: 'host-model', sockets: 2, maxSockets: 8 });
    const most = await processors(world, { sockets: 200, cores: 1, threads: 1 });
    assert.equal(most.maxSockets, 512);
  },

  'keeps the processor model that a machine asks for': async (world) => {
    assert.equal((await processors(world, { cores: 2, model: 'host-passthrough' })).model, 'host-passthrough');
  },

  'makes sockets and a request of a processor limit': async (world) => {
    const { spec, status } = await admitted(world, (vmi) => {
      delete vmi.spec.domain.cpu;
      vmi.spec.domain.resources = { limits: { cpu: '1500m' } };
    });
    assert.equal(spec.domain.cpu.sockets, 2);
    assert.deepEqual(spec.domain.resources, { limits: { cpu: '1500m' }, requests: { cpu: '1500m' } });
    assert.deepEqual(status.currentCPUTopology, { sockets: 2, cores: 1, threads: 1 });
  },

  'lets a guest of a gibibyte or more grow to four times that, in steps of two mebibytes': async (world) => {
    const cases = { '1Gi': '4Gi', '1536Mi': '6Gi', '256Mi': undefined, '1025Mi': undefined, '3G': undefined };
    for (const [guest, maxGuest] of Object.entries(cases)) {
      const { spec } = await admitted(world, (vmi) => {
        vmi.spec.domain.memory = { guest };
      });
      assert.deepEqual(spec.domain.memory, { guest, ...(maxGuest && { maxGuest }) });
    }
  },

  'writes memory in the largest unit that fits': async (world) => {
    for (const guest of ['2048Mi', '1.5Gi', '2147483648']) {
      const { spec } = await admitted(world, (vmi) => {
        vmi.spec.domain.memory = { guest, maxGuest: '4096Mi' };
      });
      const canonical = { '2048Mi': '2Gi', '1.5Gi': '1536Mi' }[guest] ?? guest;
      assert.deepEqual(spec.domain.memory, { guest: canonical, maxGuest: '4Gi' });
    }
  },

  'takes the memory that is asked of the node for the guest, where the guest has none': async (world) => {
    const { spec } = await admitted(world, (vmi) => {
      delete vmi.spec.domain.memory;
      vmi.spec.domain.resources = { requests: { memory: '1Gi' } };
    });
    assert.deepEqual(spec.domain.memory, { guest: '1Gi', maxGuest: '4Gi' });
  },

  'gives a machine the type q35, the architecture of the nodes, and no eviction': async (world) => {
    const { spec } = await admitted(world, (vmi) => {
      delete vmi.spec.domain.machine;
      delete vmi.spec.evictionStrategy;
    });
    assert.deepEqual(
      [spec.domain.machine, spec.architecture, spec.evictionStrategy],
      [{ type: 'q35' }, 'amd64', 'None'],
    );
  },

  'switches on the features and timers that a machine names': async (world) => {
    const { spec } = await admitted(world);
    assert.deepEqual(spec.domain.features, { acpi: { enabled: true }, apic: { enabled: true } });
    const timer = { rtc: { present: true, tickPolicy: 'catchup' }, hpet: { present: false } };
    assert.deepEqual(spec.domain.clock, { utc: {}, timer });
    assert.deepEqual(spec.domain.resources, {});
  },

  'fills in a probe, and keeps what it says itself': async (world) => {
    const { spec } = await admitted(world, (vmi) => {
      vmi.spec.readinessProbe = { tcpSocket: { port: 22 }, periodSeconds: 2, failureThreshold: 0 };
    });
    const filled = { periodSeconds: 2, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };
    assert.deepEqual(spec.readinessProbe, { tcpSocket: { port: 22 }, ...filled });
  },

  'closes the tray of a CD-ROM and makes it read-only, unless told otherwise': async (world) => {
    const cdrom = async (given: object) => {
      const { spec } = await admitted(world, (vmi) => {
        vmi.spec.domain.devices.disks[0].cdrom = given;
      });
      return spec.domain.devices.disks[0].cdrom;
    };
    assert.deepEqual(await cdrom({}), { bus: 'sata', readonly: true, tray: 'closed' });
    const other = { bus: 'scsi', readonly: false, tray: 'open' };
    assert.deepEqual(await cdrom(other), other);
  },

  'adds a SATA disk for a volume that has none': async (world) => {
    const { spec } = await admitted(world, (vmi) => {
      vmi.spec.volumes.push({ name: 'data', emptyDisk: { capacity: '1024Mi' } });
    });
    assert.deepEqual(spec.domain.devices.disks[1], { name: 'data', disk: { bus: 'sata' } });
    assert.deepEqual(spec.volumes[1], { name: 'data', emptyDisk: { capacity: '1Gi' } });
  },

  "bridges a machine without a network to its pod's, unless told otherwise": async (world) => {
    const attached = async (autoattachPodInterface?: boolean) => {
      const { spec } = await admitted(world, (vmi) => {
        delete vmi.spec.networks;
        delete vmi.spec.readinessProbe;
        delete vmi.spec.domain.devices.interfaces;
        if (autoattachPodInterface === false) vmi.spec.domain.devices.autoattachPodInterface = false;
      });
      return [spec.networks, spec.domain.devices.interfaces];
    };
    assert.deepEqual(await attached(), [[{ name: 'default', pod: {} }], [{ name: 'default', bridge: {} }]]);
    assert.deepEqual(await attached(false), [undefined, undefined]);
  },

  'takes masquerade without a list of ports': async (world) => {
    const { spec } = await admitted(world, (vmi) => {
      delete vmi.spec.domain.devices.interfaces[0].ports;
    });
    assert.deepEqual(spec.domain.devices.interfaces, [{ name: 'default', model: 'virtio', masquerade: {} }]);
  },

  'takes a negative grace, and leaves an absent one absent': async (world) => {
    const grace = async (seconds?: number) => {
      const { spec } = await admitted(world, (vmi) => {
        if (seconds === undefined) delete vmi.spec.terminationGracePeriodSeconds;
        else vmi.spec.terminationGracePeriodSeconds = seconds;
      });
      return spec.terminationGracePeriodSeconds;
    };
    assert.deepEqual([await grace(), await grace(-1), await grace(0)], [undefined, -1, 0]);
  },

  'pulls an image always where it has no tag or the tag latest': async (world) => {
    const policies = {
      iso: 'Always',
      'iso:latest': 'Always',
      'registry.example:5000/iso:latest': 'Always',
      'iso:1': 'IfNotPresent',
      [`iso@sha256:${'0'.repeat(64)}`]: 'IfNotPresent',
      // The port is taken for a tag.
      'registry.example:5000/iso': 'IfNotPresent',
    };
    for (const [image, policy] of Object.entries(policies)) {
      const { spec } = await admitted(world, (vmi) => {
        vmi.spec.volumes[0].containerDisk = { image };
      });
      assert.deepEqual(spec.volumes[0].containerDisk, { image, imagePullPolicy: policy });
    }
  },
});

async function processors(world: World, cpu: object | undefined) {
  const { spec } = await admitted(world, (vmi) => {
    delete vmi.spec.domain.cpu;
    if (cpu) vmi.spec.domain.cpu = cpu;
  });
  return spec.domain.cpu;
}
