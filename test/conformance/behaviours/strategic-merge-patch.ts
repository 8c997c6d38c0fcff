import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { define, make, specSchema, text } from '../custom-resource.ts';
import { assertRefused } from '../refusal.ts';

const containers = [
  {
    name: 'c',
    image: 'i',
    command: ['x', 'y'],
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
  },
  { name: 'd', image: 'j' },
];

async function made({ admin, namespace }: World) {
  const all = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const spec = { containers, tolerations: [{ key: 'a', operator: 'Exists' }], volumes: [{ name: 'v', emptyDir: {} }] };
  const template = { metadata: { labels: { a: 'b' } }, spec };
  const { code } = await admin.post(all, {
    metadata: { name: 'd' },
    spec: { replicas: 0, paused: true, selector: { matchLabels: { a: 'b' } }, template },
  });
  assert.equal(code, 201);
  const path = `${all}/d`;
  /** Patches the pod template's spec; nothing is kept. */
  const patch = (change: object) =>
    admin.strategicPatch(`${path}?dryRun=All`, { spec: { template: { spec: change } } });
  const podSpec = async (change: object) => (await patch(change)).body.spec.template.spec;
  return { path, patch, podSpec };
}

const namesOf = (list: Json[]) => list.map(({ name }) => name);

export const strategicMergePatch = chapter('strategic merge patch', {
  'merges containers by their names': async (world) => {
    const { podSpec } = await made(world);
    const spec = await podSpec({ containers: [{ name: 'c', image: 'new' }] });
    assert.deepEqual(
      spec.containers.map(({ name, image, command }: Json) => [name, image, command]),
      [
        ['c', 'new', ['x', 'y']],
        ['d', 'j', undefined],
      ],
    );
    const longer = await podSpec({ containers: [{ name: 'e', image: 'k' }] });
    assert.deepEqual(namesOf(longer.containers), ['e', 'c', 'd']);
  },
  'merges lists in lists, and replaces lists without a key': async (world) => {
    const { podSpec } = await made(world);
    const env = [
      { name: 'B', $patch: 'delete' },
      { name: 'C', value: '3' },
    ];
    const spec = await podSpec({
      containers: [{ name: 'c', env, command: ['z'] }],
      tolerations: [{ operator: 'Exists' }],
    });
    assert.deepEqual(spec.containers[0].env, [
      { name: 'C', value: '3' },
      { name: 'A', value: '1' },
    ]);
    assert.deepEqual([spec.containers[0].command, spec.tolerations], [['z'], [{ operator: 'Exists' }]]);
  },
  'deletes the item that $patch: delete names, and nothing when there is none': async (world) => {
    const { podSpec } = await made(world);
    const spec = await podSpec({ containers: [{ name: 'd', $patch: 'delete' }] });
    assert.deepEqual(namesOf(spec.containers), ['c']);
    const same = await podSpec({ containers: [{ name: 'none', $patch: 'delete' }] });
    assert.deepEqual(namesOf(same.containers), ['c', 'd']);
  },
  'replaces a list with $patch: replace in it': async (world) => {
    const { podSpec } = await made(world);
    const spec = await podSpec({ containers: [{ $patch: 'replace' }, { name: 'only', image: 'o' }] });
    assert.deepEqual(namesOf(spec.containers), ['only']);
  },
  'replaces an object with $patch: replace in it': async ({ admin, namespace }) => {
    const all = `/api/v1/namespaces/${namespace}/configmaps`;
    await admin.post(all, { metadata: { name: 'a', annotations: { x: 'y' } }, data: { a: '1', b: '2' } });
    const change = { metadata: { annotations: { $patch: 'delete' } }, data: { $patch: 'replace', c: '3' } };
    const { body } = await admin.strategicPatch(`${all}/a`, change);
    assert.deepEqual([body.data, body.metadata.annotations], [{ c: '3' }, undefined]);
  },
  'keeps the members that $retainKeys names': async (world) => {
    const { podSpec } = await made(world);
    const volume = { name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } };
    const spec = await podSpec({ volumes: [volume] });
    assert.deepEqual(spec.volumes, [{ name: 'v', secret: { secretName: 's', defaultMode: 420 } }]);
  },
  'orders a list as $setElementOrder says': async (world) => {
    const { podSpec } = await made(world);
    const order = { '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }] };
    assert.deepEqual(namesOf((await podSpec(order)).containers), ['d', 'c']);
  },
  'adds to a list of values, and takes from it with $deleteFromPrimitiveList': async (world) => {
    const all = `/api/v1/namespaces/${world.namespace}/configmaps`;
    const path = `${all}/a`;
    world.cleanUp(() => world.admin.mergePatch(path, { metadata: { finalizers: null } }));
    await world.admin.post(all, { metadata: { name: 'a', finalizers: ['x.y/1', 'x.y/2'] } });
    const added = await world.admin.strategicPatch(path, { metadata: { finalizers: ['x.y/3', 'x.y/2'] } });
    assert.deepEqual(added.body.metadata.finalizers, ['x.y/3', 'x.y/1', 'x.y/2']);
    const removal = { metadata: { '$deleteFromPrimitiveList/finalizers': ['x.y/1'] } };
    const removed = await world.admin.strategicPatch(path, removal);
    assert.deepEqual(removed.body.metadata.finalizers, ['x.y/3', 'x.y/2']);
  },
  'merges the ports of a Service by their numbers': async ({ admin, namespace }) => {
    const all = `/api/v1/namespaces/${namespace}/services`;
    const ports = [
      { name: 'a', port: 1 },
      { name: 'b', port: 2 },
    ];
    await admin.post(all, { metadata: { name: 's' }, spec: { ports } });
    const change = {
      spec: {
        ports: [
          { port: 2, targetPort: 22 },
          { port: 1, $patch: 'delete' },
        ],
      },
    };
    const { body } = await admin.strategicPatch(`${all}/s`, change);
    assert.deepEqual(body.spec.ports, [{ name: 'b', port: 2, protocol: 'TCP', targetPort: 22 }]);
  },
  'refuses items without their key and directives that it does not know': async (world) => {
    const { patch } = await made(world);
    const keyless = await patch({ containers: [{ image: 'i' }] });
    assertRefused(keyless, 500, undefined, 'map: map[image:i] does not contain declared merge key: name');
    const unknown = await patch({ containers: [{ name: 'c', $patch: 'zork' }] });
    assertRefused(unknown, 500, undefined, 'unknown patch type: zork in map: map[$patch:zork name:c]');
  },
  'refuses a strategic merge patch with values of another type': async (world) => {
    const { path } = await made(world);
    const { code, body } = await world.admin.strategicPatch(path, { spec: { replicas: 'x' } });
    assert.deepEqual([code, body.details.causes[0].field], [422, 'patch']);
    assert.match(body.message, /Invalid value: "map\[spec:map\[replicas:x\]\]"/);
  },
  'refuses strategic merge patches of custom resources': async (world) => {
    const kind = await define(world, specSchema({ a: text }));
    await make(world, kind, 'a');
    const answer = await world.admin.strategicPatch(`${kind.path}/a`, { spec: { a: '1' } });
    const accepted = 'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml';
    const why = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
    assertRefused(answer, 415, 'UnsupportedMediaType', why);
  },
});
