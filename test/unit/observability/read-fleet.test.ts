import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnweddolAccessToken, AnweddolServer } from '../../../src/api/resources.ts';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { EndpointSlice, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { serverKeyOf } from '../../../src/operator/caches.ts';
import { readFleet } from '../../../src/operator/metrics/read-fleet.ts';
import { tokenServerKeys } from '../../../src/operator/tokens/token-server-keys.ts';
import { silentLog as log } from '../../../src/runtime/log.ts';
import { sampleMachine } from '../../support/sample-machine.ts';
import { sampleServer } from '../../support/sample-server.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const IN_WORDS = { namespace: 'anweddol', name: 'lab' };

interface Cluster {
  servers?: AnweddolServer[];
  machines?: VirtualMachineInstance[];
  slices?: EndpointSlice[];
  tokens?: AnweddolAccessToken[];
}

function caches({ servers = [sampleServer()], machines, slices = [], tokens = [] }: Cluster) {
  const store = <T extends KubeObject>(objects?: T[], keys: (object: T) => string[] = ofServer) => {
    const filled = new ObjectStore<T>({ log, indices: { server: keys } });
    if (objects) filled.replace(objects);
    return filled;
  };
  return {
    servers: store(servers),
    machines: store(machines),
    slices: store(slices),
    tokens: store(tokens, tokenServerKeys),
  };
}

const ofServer = (object: KubeObject): string[] => [serverKeyOf(object) ?? ''];

function machine(name: string, state: string, metadata: object = {}): VirtualMachineInstance {
  const vmi = sampleMachine({ labels: { 'anweddol.io/state': state } });
  return { ...vmi, metadata: { ...vmi.metadata, name, uid: name, ...metadata } };
}

function token(name: string, reason: string | undefined, serverName = 'lab'): AnweddolAccessToken {
  const condition = { type: 'Ready', status: 'True', reason, message: '', lastTransitionTime: '' };
  return {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolAccessToken',
    metadata: { namespace: 'anweddol', name },
    spec: { serverName, enabled: true },
    ...(reason && { status: { conditions: [condition] } }),
  } as AnweddolAccessToken;
}

function slice(name: string): EndpointSlice {
  return { metadata: { namespace: 'anweddol', name } } as EndpointSlice;
}

test('containers are counted by state, and those that end for too long', () => {
  const machines = [
    machine('lab-10000', 'ready'),
    machine('lab-10001', 'warm'),
    machine('lab-10002', 'booting'),
    machine('lab-10003', 'claimed'),
    machine('lab-10004', 'ready', { deletionTimestamp: '2026-01-01T00:09:00Z' }),
    machine('lab-10005', 'ready', { deletionTimestamp: '2026-01-01T00:08:00Z' }),
  ];
  const [server] = readFleet(caches({ machines }), NOW).servers;
  assert.deepEqual(server?.server, IN_WORDS);
  assert.deepEqual(server?.containers, { running: 1, warm: 1, starting: 2, ending: 2 });
  assert.equal(server?.stuck, 1);
});

test('without KubeVirt nothing is said of machines', () => {
  const fleet = readFleet(caches({}), NOW);
  assert.equal(fleet.orphans, undefined);
  assert.equal(fleet.servers[0]?.containers, undefined);
  assert.equal(fleet.servers[0]?.stuck, undefined);
});

test('spec and status of a server are told: slots, pods, conditions, certificates', () => {
  const condition = { type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: '' } as const;
  const server = {
    ...sampleServer({ replicas: 3, containers: { maxRunning: 9, warm: 4 } }),
    status: {
      readyReplicas: 2,
      conditions: [condition],
      certificates: { tls: { notAfter: '2026-02-01T00:00:00Z' }, web: { secretName: 'none-yet' } },
    },
  };
  const [told] = readFleet(caches({ servers: [server] }), NOW).servers;
  assert.deepEqual([told?.slots, told?.warmWanted, told?.podsWanted, told?.podsReady], [9, 4, 3, 2]);
  assert.deepEqual(told?.conditions, [condition]);
  assert.deepEqual(told?.certificates, [{ certificate: 'tls', expiresAt: Date.parse('2026-02-01T00:00:00Z') / 1000 }]);
});

test('a stored spec that this release does not understand costs no look at the metrics', () => {
  const server = { ...sampleServer(), spec: { containers: { maxRunning: 'many' } } } as unknown as AnweddolServer;
  const bare = { ...sampleServer(), spec: undefined, metadata: { namespace: 'b', name: 'bare' } };
  const fleet = readFleet(caches({ servers: [server, bare as unknown as AnweddolServer] }), NOW);
  assert.deepEqual(
    fleet.servers.map(({ slots, podsWanted }) => [slots, podsWanted]),
    [
      [0, 0],
      [0, 0],
    ],
  );
});

test('tokens are counted by what is said of them, and only where there are or must be some', () => {
  const tokens = [
    token('one', 'TokenUsable'),
    token('two', 'TokenNotRequired'),
    token('off', 'TokenDisabled'),
    token('old', 'TokenExpired'),
    token('out', 'TokenLeftOut'),
    token('bad', 'TokenSecretLost'),
    token('new', undefined),
  ];
  const counts = { usable: 2, disabled: 1, expired: 1, leftOut: 1, broken: 1 };
  assert.deepEqual(readFleet(caches({ tokens }), NOW).servers[0]?.tokens, counts);
  assert.equal(readFleet(caches({}), NOW).servers[0]?.tokens, undefined);
  const closed = sampleServer({ accessTokens: { required: true } });
  assert.equal(readFleet(caches({ servers: [closed] }), NOW).servers[0]?.tokens?.usable, 0);
});

test('what has lost that which it was made for is an orphan, unless it goes already', () => {
  const machines = [
    machine('lab-10000', 'ready'),
    machine('old-10000', 'ready', { labels: { 'anweddol.io/server': 'old' } }),
    machine('old-10001', 'ready', {
      labels: { 'anweddol.io/server': 'old' },
      deletionTimestamp: '2026-01-01T00:00:00Z',
    }),
    machine('theirs', 'ready', { labels: {} }),
  ];
  const slices = [slice('lab-10000'), slice('lab-10007')];
  const tokens = [token('one', 'TokenUsable'), token('lost', 'ServerMissing', 'old')];
  assert.deepEqual(readFleet(caches({ machines, slices, tokens }), NOW).orphans, {
    VirtualMachineInstance: 1,
    EndpointSlice: 1,
    AnweddolAccessToken: 1,
  });
});

test('a machine of an earlier server of the same name is an orphan', () => {
  const vmi = machine('lab-10000', 'ready');
  const owner = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', name: 'lab', uid: 'earlier' };
  const orphan = { ...vmi, metadata: { ...vmi.metadata, ownerReferences: [owner] } };
  assert.equal(readFleet(caches({ machines: [orphan] }), NOW).orphans?.VirtualMachineInstance, 1);
});
