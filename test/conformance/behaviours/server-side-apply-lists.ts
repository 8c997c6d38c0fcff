import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { define, integer, specSchema, text } from '../custom-resource.ts';
import { assertInvalid, assertRefused } from '../refusal.ts';

const keyed = (keys: string[], properties: object) => ({
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
  items: { type: 'object', required: keys.slice(0, 1), properties },
});
const schema = specSchema({
  map: keyed(['k'], { k: text, v: text, u: text }),
  ports: keyed(['port', 'protocol'], { port: integer, protocol: { ...text, default: 'TCP' }, v: text }),
  set: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
  atomic: { type: 'array', 'x-kubernetes-list-type': 'atomic', items: text },
  plain: { type: 'array', items: { type: 'object', properties: { a: text } } },
  atomicMap: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: text, b: text } },
  labels: { type: 'object', additionalProperties: text },
  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  plainText: text,
  nullable: { ...text, nullable: true },
  withDefault: { ...text, default: 'd' },
});

async function widget(world: World) {
  const kind = await define(world, schema);
  const send = (manager: string, spec: unknown, query = '') =>
    world.admin.apply(`${kind.path}/a?fieldManager=${manager}${query}`, kind.object('a', { spec }));
  return {
    ...kind,
    apply: (manager: string, spec: unknown) => send(manager, spec),
    force: (manager: string, spec: unknown) => send(manager, spec, '&force=true'),
    what: `failed to create typed patch object (/a; ${kind.group}/v1, Kind=Widget): `,
  };
}

const conflict = (field: string) => `Apply failed with 1 conflict: conflict with "one": ${field}`;
const ownedBy = (manager: string, body: Json) =>
  body.metadata.managedFields.find((owner: Json) => owner.manager === manager).fieldsV1['f:spec'];

export const serverSideApplyLists = chapter('server-side apply: lists and maps', {
  'merges a list of objects item by item, told apart by their key': async (world) => {
    const { apply } = await widget(world);
    await apply('one', {
      map: [
        { k: 'a', v: '1' },
        { k: 'b', v: '2' },
      ],
    });
    const { code, body } = await apply('two', {
      map: [
        { k: 'b', u: 'x' },
        { k: 'c', v: '3' },
      ],
    });
    const merged = [
      { k: 'a', v: '1' },
      { k: 'b', v: '2', u: 'x' },
      { k: 'c', v: '3' },
    ];
    assert.deepEqual([code, body.spec.map], [200, merged]);
    assert.deepEqual(ownedBy('two', body)['f:map'], {
      'k:{"k":"b"}': { '.': {}, 'f:k': {}, 'f:u': {} },
      'k:{"k":"c"}': { '.': {}, 'f:k': {}, 'f:v': {} },
    });
    assertRefused(await apply('two', { map: [{ k: 'a', v: '9' }] }), 409, 'Conflict', conflict('.spec.map[k="a"].v'));
  },
  'removes the items that their manager no longer applies, but what another set in them': async (world) => {
    const { apply } = await widget(world);
    await apply('one', {
      map: [
        { k: 'a', v: '1' },
        { k: 'b', v: '2' },
      ],
    });
    await apply('two', { map: [{ k: 'b', u: 'x' }] });
    const { body } = await apply('one', { map: [] });
    assert.deepEqual(body.spec.map, [{ k: 'b', u: 'x' }]);
  },
  'takes a default for a key that is missing': async (world) => {
    const { apply } = await widget(world);
    await apply('one', { ports: [{ port: 1 }, { port: 1, protocol: 'UDP' }] });
    const { code, body } = await apply('two', { ports: [{ port: 1, protocol: 'TCP', v: 'x' }] });
    assert.deepEqual([code, body.spec.ports.length, body.spec.ports[0].v], [200, 2, 'x']);
  },
  'adds to a set what each manager wants in it': async (world) => {
    const { apply } = await widget(world);
    await apply('one', { set: ['x', 'y'] });
    const { body } = await apply('two', { set: ['z', 'x'] });
    assert.deepEqual(body.spec.set.toSorted(), ['x', 'y', 'z']);
    assert.deepEqual((await apply('one', { set: [] })).body.spec.set.toSorted(), ['x', 'z']);
  },
  'has one owner of a whole atomic list, of a list without a type and of an atomic map': async (world) => {
    const { apply, force } = await widget(world);
    await apply('one', { atomic: ['p'], plain: [{ a: '1' }], atomicMap: { a: '1' } });
    assertRefused(await apply('two', { atomic: ['q'] }), 409, 'Conflict', conflict('.spec.atomic'));
    assertRefused(await apply('two', { plain: [{ a: '2' }] }), 409, 'Conflict', conflict('.spec.plain'));
    assertRefused(await apply('two', { atomicMap: { b: '2' } }), 409, 'Conflict', conflict('.spec.atomicMap'));
    const { body } = await force('two', { atomicMap: { b: '2' } });
    assert.deepEqual(body.spec.atomicMap, { b: '2' });
  },
  'merges maps and free objects member by member': async (world) => {
    const { apply } = await widget(world);
    await apply('one', { labels: { a: '1' }, free: { x: { y: 1 } } });
    const { body } = await apply('two', { labels: { b: '2' }, free: { x: { z: 2 } } });
    assert.deepEqual([body.spec.labels, body.spec.free], [{ a: '1', b: '2' }, { x: { y: 1, z: 2 } }]);
    const { spec } = (await apply('one', {})).body;
    assert.deepEqual([spec.labels, spec.free], [{ b: '2' }, { x: { z: 2 } }]);
  },
  'refuses two items of one key, and items without a key': async (world) => {
    const { apply, what } = await widget(world);
    const twice = await apply('one', { map: [{ k: 'a' }, { k: 'a' }] });
    assertRefused(twice, 500, undefined, `${what}.spec.map: duplicate entries for key [k="a"]`);
    const defaulted = await apply('one', { ports: [{ port: 1 }, { port: 1, protocol: 'TCP' }] });
    assertRefused(defaulted, 500, undefined, `${what}.spec.ports: duplicate entries for key [port=1,protocol="TCP"]`);
    const same = await apply('one', { set: ['a', 'a'] });
    assertRefused(same, 500, undefined, `${what}.spec.set: duplicate entries for key [="a"]`);
    const keyless = await apply('one', { map: [{ v: '1' }] });
    const why = 'element 0: associative list with keys has an element that omits all key fields ["k"]';
    const more = "(and doesn't have default values for any key fields)";
    assertRefused(keyless, 500, undefined, `${what}.spec.map: ${why} ${more}`);
  },
  'refuses a null where none may be': async (world) => {
    const { apply } = await widget(world);
    const why = (type: string, field: string) =>
      `Invalid value: "null": ${field} in body must be of type ${type}: "null"`;
    const plain = await apply('one', { plainText: null });
    assertInvalid(plain, { 'spec.plainText': why('string', 'spec.plainText') });
    assertInvalid(await apply('one', { map: null }), { 'spec.map': why('array', 'spec.map') });
    const { code, body } = await apply('one', { nullable: null, withDefault: null });
    assert.deepEqual([code, body.spec], [201, { nullable: null, withDefault: 'd' }]);
  },
  'takes nothing away by a null for an object that others share': async (world) => {
    const { apply } = await widget(world);
    await apply('one', { labels: { a: '1' } });
    const { code, body } = await apply('two', { labels: null });
    assert.deepEqual([code, body.spec.labels], [200, { a: '1' }]);
  },
  'gives a field its default again when its manager lets go': async (world) => {
    const { apply } = await widget(world);
    const first = await apply('one', { withDefault: 'mine' });
    assert.deepEqual(ownedBy('one', first.body), { 'f:withDefault': {} });
    const { body } = await apply('one', { plainText: 'x' });
    assert.deepEqual([body.spec, ownedBy('one', body)], [{ withDefault: 'd', plainText: 'x' }, { 'f:plainText': {} }]);
  },
  'refuses an object that an apply empties but does not let go of': async (world) => {
    const { apply } = await widget(world);
    await apply('one', { plainText: 'x', labels: { a: '1' } });
    const why = 'Invalid value: "null": spec.labels in body must be of type object: "null"';
    assertInvalid(await apply('one', { plainText: 'x', labels: {} }), { 'spec.labels': why });
    assert.deepEqual((await apply('one', { plainText: 'x' })).body.spec, { plainText: 'x', withDefault: 'd' });
  },
  'merges the containers, ports and variables of a Deployment': async ({ admin, namespace }) => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/d?dryRun=All&fieldManager=`;
    const config = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec });
    const pod = (containers: object[]) => ({ spec: { containers }, metadata: { labels: { a: 'b' } } });
    const whole = config({
      replicas: 0,
      selector: { matchLabels: { a: 'b' } },
      template: pod([{ name: 'c', image: 'i', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }] }]),
    });
    assert.equal((await admin.apply(`${path}one`.replace('dryRun=All&', ''), whole)).code, 201);
    const container = { name: 'c', ports: [{ containerPort: 80, name: 'web' }], env: [{ name: 'B', value: '2' }] };
    const { body } = await admin.apply(`${path}two`, config({ template: pod([container]) }));
    const [merged] = body.spec.template.spec.containers;
    assert.deepEqual(merged.ports, [{ containerPort: 80, name: 'web', protocol: 'TCP' }]);
    assert.deepEqual(
      [merged.image, merged.env],
      [
        'i',
        [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      ],
    );
    const other = await admin.apply(`${path}two`, config({ template: pod([{ name: 'c', image: 'j' }]) }));
    assertRefused(other, 409, 'Conflict', conflict('.spec.template.spec.containers[name="c"].image'));
  },
});
