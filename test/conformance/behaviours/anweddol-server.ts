import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { DEFINITIONS } from '../custom-resource.ts';
import { assertInvalid } from '../refusal.ts';

const CRD = new URL('../../../crds/anweddol.io_anweddolservers.yaml', import.meta.url);
const iso = { image: 'registry.example/iso@sha256:abc' };

/** Our definition under a group of the behaviour's own, so that no other server of the run is in the way. */
async function servers(world: World) {
  const { admin, unique, namespace } = world;
  const definition: Json = parse(await readFile(CRD, 'utf8'));
  const group = `${unique}.example.com`;
  definition.metadata.name = `anweddolservers.${group}`;
  definition.spec.group = group;
  world.cleanUp(() => admin.delete(`${DEFINITIONS}/${definition.metadata.name}`));
  const { code, body } = await admin.post(`${DEFINITIONS}?fieldValidation=Strict`, definition);
  assert.equal(code, 201, JSON.stringify(body));
  const path = `/apis/${group}/v1alpha1/namespaces/${namespace}/anweddolservers`;
  await world.eventually(async () => assert.equal((await admin.get(path)).code, 200));
  const make = (name: string, spec: object, query = '?dryRun=All') =>
    admin.post(path + query, { apiVersion: `${group}/v1alpha1`, kind: 'AnweddolServer', metadata: { name }, spec });
  return { path, make, check: (spec: object) => make('a', { iso, ...spec }) };
}

const inBody = (field: string, why: string, value: unknown) =>
  `Invalid value: ${JSON.stringify(value)}: ${field} in body should ${why}`;

export const anweddolServer = chapter('AnweddolServer', {
  'gives every default to a server that says its ISO only': async (world) => {
    const { check } = await servers(world);
    const { code, body } = await check({});
    assert.equal(code, 201, body.message);
    assert.deepEqual(body.spec, {
      replicas: 2,
      listenPort: 6150,
      clientTimeoutSeconds: 10,
      iso,
      containers: {
        maxRunning: 6,
        warm: 0,
        warmStartsAtOnce: 4,
        memory: '1Gi',
        vcpus: 1,
        startTimeoutSeconds: 180,
        maxLifetimeSeconds: 86400,
        rebootPolicy: 'Terminate',
        endpoint: { username: 'endpoint', port: 22 },
        isolation: { internet: true, allowedEgress: [], dns: { mode: 'Cluster' } },
      },
      service: { type: 'LoadBalancer', firstSshPort: 10000, clientAddress: 'none' },
      keys: { bits: 4096, rotation: 0, onetime: false },
      accessTokens: { required: false },
      web: { enabled: false, port: 8080, tls: { enabled: true } },
      tls: { enabled: false },
      pod: {
        resources: { requests: { cpu: '100m', memory: '96Mi' }, limits: { memory: '256Mi' } },
        maxConnections: 2048,
        logLevel: 'info',
      },
      paused: false,
    });
  },
  'wants an ISO from exactly one place': async (world) => {
    const { make } = await servers(world);
    const why = 'Invalid value: exactly one of image, persistentVolumeClaim and http must be set';
    assertInvalid(await make('a', { iso: {} }), { 'spec.iso': why });
    assertInvalid(await make('a', { iso: { ...iso, persistentVolumeClaim: 'claim' } }), { 'spec.iso': why });
    assert.equal((await make('a', { iso: { persistentVolumeClaim: 'claim' } })).code, 201);
    const { body } = await make('a', {});
    assert.deepEqual([body.details.causes[0].field, body.details.causes[0].message], ['spec.iso', 'Required value']);
  },
  'keeps the listening port out of the range of the SSH ports': async (world) => {
    const { check } = await servers(world);
    const inside = await check({ listenPort: 10_005 });
    const why = 'Invalid value: listenPort lies in the range of the SSH ports; move service.firstSshPort or listenPort';
    assertInvalid(inside, { spec: why });
    assert.equal((await check({ listenPort: 10_006 })).code, 201);
    assert.equal((await check({ listenPort: 9999 })).code, 201);
  },
  'keeps the SSH ports below the last port there is': async (world) => {
    const { check } = await servers(world);
    const highest = { service: { firstSshPort: 65_036 }, containers: { maxRunning: 500 } };
    assert.equal((await check(highest)).code, 201);
    const why = 'Invalid value: service.firstSshPort + containers.maxRunning must not go past port 65535';
    assertInvalid(await check({ ...highest, service: { firstSshPort: 65_037 } }), { spec: why });
  },
  'wants a name that the names of its objects can be made of': async (world) => {
    const { make } = await servers(world);
    const why = /^Invalid value: metadata.name must start with a letter, hold lower-case letters, digits and dashes/;
    assertInvalid(await make('1a', { iso }), { '<nil>': why });
    assertInvalid(await make('a.b', { iso }), { '<nil>': why });
    assertInvalid(await make('a'.repeat(41), { iso }), { '<nil>': why });
    assert.equal((await make('a'.repeat(40), { iso })).code, 201);
  },
  'holds every field to its bounds': async (world) => {
    const { check } = await servers(world);
    const answer = await check({
      replicas: -1,
      listenPort: 0,
      clientTimeoutSeconds: 301,
      containers: {
        maxRunning: 0,
        vcpus: 65,
        rebootPolicy: 'Never',
        endpoint: { port: 65_536 },
      },
      service: { type: 'ExternalName', firstSshPort: 80 },
    });
    const causes: Record<string, string | RegExp> = {
      'spec.replicas': inBody('spec.replicas', 'be greater than or equal to 0', -1),
      '.spec.replicas': 'Invalid value: -1: should be a non-negative integer',
      'spec.listenPort': inBody('spec.listenPort', 'be greater than or equal to 1', 0),
      'spec.clientTimeoutSeconds': inBody('spec.clientTimeoutSeconds', 'be less than or equal to 300', 301),
      'spec.containers.maxRunning': inBody('spec.containers.maxRunning', 'be greater than or equal to 1', 0),
      'spec.containers.vcpus': inBody('spec.containers.vcpus', 'be less than or equal to 64', 65),
      'spec.containers.rebootPolicy': 'Unsupported value: "Never": supported values: "Terminate", "Reboot"',
      'spec.containers.endpoint.port': inBody(
        'spec.containers.endpoint.port',
        'be less than or equal to 65535',
        65_536,
      ),
      'spec.service.type':
        'Unsupported value: "ExternalName": supported values: "LoadBalancer", "NodePort", "ClusterIP"',
      'spec.service.firstSshPort': inBody('spec.service.firstSshPort', 'be greater than or equal to 1024', 80),
      '<nil>': /^Invalid value: null: some validation rules were not checked because the object was invalid/,
    };
    assertInvalid(answer, causes);
  },
  'shows phase, address and containers as columns, and scales': async (world) => {
    const { path, make } = await servers(world);
    await make('a', { iso }, '');
    const status = {
      phase: 'Ready',
      replicas: 1,
      selector: 'a=b',
      address: { host: 'h', port: 6150 },
      containers: { running: 1, warm: 0, starting: 0, ending: 0, max: 6 },
    };
    assert.equal((await world.admin.mergePatch(`${path}/a/status`, { status })).code, 200);
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { body } = await world.admin.get(path, { accept });
    const shown = body.columnDefinitions.filter(({ priority }: Json) => priority === 0);
    const names = shown.map(({ name }: Json) => name);
    assert.deepEqual(names, ['Name', 'Phase', 'Address', 'Port', 'Running', 'Warm', 'Max', 'Age']);
    assert.deepEqual(body.rows[0].cells.slice(0, 7), ['a', 'Ready', 'h', 6150, 1, 0, 6]);
    const scale = await world.admin.mergePatch(`${path}/a/scale`, { spec: { replicas: 3 } });
    assert.deepEqual([scale.body.spec, scale.body.status], [{ replicas: 3 }, { replicas: 1, selector: 'a=b' }]);
    const refused = await world.admin.mergePatch(`${path}/a/scale`, { spec: { replicas: 101 } });
    assertInvalid(refused, { 'spec.replicas': inBody('spec.replicas', 'be less than or equal to 100', 101) });
  },
  'holds conditions to their form, one of each type': async (world) => {
    const { path, make } = await servers(world);
    await make('a', { iso }, '');
    const condition = {
      type: 'Ready',
      status: 'True',
      reason: 'r',
      message: 'm',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const set = (...conditions: object[]) => world.admin.mergePatch(`${path}/a/status`, { status: { conditions } });
    assert.equal((await set(condition)).code, 200);
    const twice = await set(condition, condition);
    assertInvalid(twice, {
      'status.conditions[1]': 'Duplicate value: {"type":"Ready"}',
    });
    const { body } = await set({ ...condition, status: 'Maybe', reason: undefined });
    const fields = body.details.causes.map(({ field }: Json) => field).sort();
    assert.deepEqual(fields, ['<nil>', 'status.conditions[0].reason', 'status.conditions[0].status']);
  },
});
