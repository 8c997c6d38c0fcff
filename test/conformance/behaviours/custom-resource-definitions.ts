import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter } from '../behaviour.ts';
import { askToDefine, define, integer, make, redefine, specChecker, specSchema, text } from '../custom-resource.ts';
import { assertInvalid, assertRefused, warningsOf } from '../refusal.ts';

const schema = specSchema({ a: text });
const conditionsOf = (body: Json) =>
  (body.status.conditions ?? []).map(({ type, status, reason }: Json) => [type, status, reason]);

export const customResourceDefinitions = chapter('custom resource definitions', {
  'accepts the names, is established, and gives what was left out': async (world) => {
    const kind = await define(world, schema);
    const { body } = await world.admin.get(kind.definition);
    assert.deepEqual(conditionsOf(body), [
      ['NamesAccepted', 'True', 'NoConflicts'],
      ['Established', 'True', 'InitialNamesAccepted'],
    ]);
    const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };
    assert.deepEqual([body.spec.names, body.status.acceptedNames], [names, names]);
    assert.deepEqual([body.status.storedVersions, body.spec.conversion], [['v1'], { strategy: 'None' }]);
  },
  'refuses a definition whose name is not made of plural and group': async ({ admin, unique }) => {
    const names = { plural: 'widgets', kind: 'Widget' };
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }];
    const spec = { group: `${unique}.example.com`, scope: 'Namespaced', names, versions };
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const answer = await admin.post(path, { metadata: { name: 'widgets.example.org' }, spec });
    const why = 'Invalid value: "widgets.example.org": must be spec.names.plural+"."+spec.group';
    assertInvalid(answer, { 'metadata.name': why });
  },
  'holds back a kind whose names another of its group has, until that one goes': async (world) => {
    const first = await define(world, schema, { plural: 'firsts', names: { kind: 'Thing' } });
    const second = await askToDefine(world, schema, { plural: 'seconds', names: { kind: 'Thing' } });
    await world.eventually(async () => {
      const { body } = await world.admin.get(second.definition);
      assert.deepEqual(conditionsOf(body), [
        ['NamesAccepted', 'False', 'ListKindConflict'],
        ['Established', 'False', 'NotAccepted'],
      ]);
      assert.equal(body.status.conditions[0].message, '"ThingList" is already in use');
    });
    assert.equal((await world.admin.get(second.path)).code, 404);
    await world.admin.delete(first.definition);
    await world.eventually(async () => assert.equal((await world.admin.get(second.path)).code, 200));
  },
  'serves fields that a newer schema has': async (world) => {
    const kind = await define(world, schema);
    const check = await specChecker(world, kind);
    assert.deepEqual((await check({ a: '1', b: 2 })).body.spec, { a: '1' });
    await redefine(world, kind, specSchema({ a: text, b: integer }));
    await world.eventually(async () => {
      assert.deepEqual((await check({ a: '1', b: 2 })).body.spec, { a: '1', b: 2 });
    });
  },
  'does not let group, scope, kind and plural change': async (world) => {
    const kind = await define(world, schema);
    const { body } = await world.admin.get(kind.definition);
    const update = (spec: object) => world.admin.put(kind.definition, { ...body, spec: { ...body.spec, ...spec } });
    const why = (value: string) => `Invalid value: "${value}": field is immutable`;
    assertInvalid(await update({ group: 'other.example.com' }), { 'spec.group': why('other.example.com') });
    assertInvalid(await update({ scope: 'Cluster' }), { 'spec.scope': why('Cluster') });
    const renamed = await update({ names: { ...body.spec.names, plural: 'gadgets' } });
    assertInvalid(renamed, { 'spec.names.plural': why('gadgets') });
  },
  'ends its objects when it is deleted, and goes when the last is gone': async (world) => {
    const kind = await define(world, schema);
    await make(world, kind, 'a');
    const metadata = { name: 'held', finalizers: ['x.y/z'] };
    await make(world, kind, 'held', { metadata });
    world.cleanUp(() => world.admin.mergePatch(`${kind.path}/held`, { metadata: { finalizers: null } }));
    const { code, body } = await world.admin.delete(kind.definition);
    assert.deepEqual([code, body.metadata.finalizers], [200, ['customresourcecleanup.apiextensions.k8s.io']]);
    assert.deepEqual(conditionsOf(body)[2], ['Terminating', 'True', 'InstanceDeletionPending']);
    await world.eventually(async () => assert.equal((await world.admin.get(`${kind.path}/a`)).code, 404));
    // It deletes them one after the other, in no order.
    await world.eventually(async () => {
      const held = await world.admin.get(`${kind.path}/held`);
      assert.ok(held.body.metadata.deletionTimestamp);
    });
    const late = await world.admin.post(kind.path, kind.object('late'));
    const why = 'is forbidden: create not allowed while custom resource definition is terminating';
    assertRefused(late, 403, 'Forbidden', `widgets.${kind.group} "late" ${why}`);
    await world.admin.mergePatch(`${kind.path}/held`, { metadata: { finalizers: null } });
    await world.eventually(async () => {
      assert.equal((await world.admin.get(kind.definition)).code, 404);
      assert.equal((await world.admin.get(kind.path)).code, 404);
    });
  },
  'serves each version that it is told to, and stores one': async (world) => {
    const version = (name: string, more: object) => ({
      name,
      served: true,
      storage: false,
      schema: { openAPIV3Schema: schema },
      ...more,
    });
    const versions = [
      version('v1', { storage: true }),
      version('v2', { deprecated: true }),
      version('v3', { served: false }),
    ];
    const kind = await define(world, schema, { versions });
    const inVersion = (name: string) => kind.path.replace('/v1/', `/${name}/`);
    await world.eventually(async () => assert.equal((await world.admin.get(inVersion('v2'))).code, 200));
    await make(world, kind, 'a', { spec: { a: '1' } });
    const second = await world.admin.get(`${inVersion('v2')}/a`);
    assert.deepEqual([second.body.apiVersion, second.body.spec], [`${kind.group}/v2`, { a: '1' }]);
    assert.deepEqual(warningsOf(second), [`${kind.group}/v2 Widget is deprecated`]);
    assert.equal((await world.admin.get(`${inVersion('v3')}/a`)).code, 404);
    const written = await world.admin.mergePatch(`${inVersion('v2')}/a`, { spec: { a: '2' } });
    assert.equal(written.code, 200);
    assert.deepEqual((await world.admin.get(`${kind.path}/a`)).body.spec, { a: '2' });
  },
  'keeps a version that objects may still be stored in': async (world) => {
    const version = (name: string, storage: boolean) => ({
      name,
      served: true,
      storage,
      schema: { openAPIV3Schema: schema },
    });
    const kind = await define(world, schema, { versions: [version('v1', true), version('v2', false)] });
    const moved = [version('v1', false), version('v2', true)];
    const second = await world.admin.mergePatch(kind.definition, { spec: { versions: moved } });
    assert.deepEqual(second.body.status.storedVersions, ['v1', 'v2']);
    const dropped = await world.admin.mergePatch(kind.definition, { spec: { versions: [version('v2', true)] } });
    assertInvalid(dropped, {
      'status.storedVersions[0]':
        /^Invalid value: "v1": missing from spec.versions; v1 was previously a storage version/,
    });
    await world.admin.mergePatch(`${kind.definition}/status`, { status: { storedVersions: ['v2'] } });
    const again = await world.admin.mergePatch(kind.definition, { spec: { versions: [version('v2', true)] } });
    assert.equal(again.code, 200);
  },
  'narrows a list by the fields that it names as selectable': async (world) => {
    const selectableFields = [{ jsonPath: '.spec.a' }];
    const kind = await define(world, schema, { version: { selectableFields } });
    for (const name of ['x', 'y', 'z']) await make(world, kind, name, { spec: { a: name } });
    const names = async (selector: string) =>
      (await world.admin.get(`${kind.path}?fieldSelector=${encodeURIComponent(selector)}`)).body.items.map(
        ({ metadata }: Json) => metadata.name,
      );
    assert.deepEqual([await names('spec.a=y'), await names('spec.a!=y')], [['y'], ['x', 'z']]);
    assert.equal((await world.admin.get(`${kind.path}?fieldSelector=spec.b%3Dy`)).code, 400);
  },
  'refuses versions that are not unique, and more or fewer than one that is stored': async (world) => {
    const version = (name: string, storage: boolean) => ({
      name,
      served: true,
      storage,
      schema: { openAPIV3Schema: schema },
    });
    const messageOf = async (...versions: object[]) =>
      (await askToDefine(world, schema, { versions })).answer.body.message;
    assert.match(await messageOf(version('v1', true), version('v1', false)), /must contain unique version names/);
    const why = /must have exactly one version marked as storage version/;
    assert.match(await messageOf(version('v1', true), version('v2', true)), why);
    assert.match(await messageOf(version('v1', false)), why);
  },
  'refuses names that are none, and a list kind like the kind': async (world) => {
    const names = { kind: 'Wid get', singular: 'widget', shortNames: ['UP'] };
    const { answer } = await askToDefine(world, schema, { names });
    assertInvalid(answer, {
      'spec.names.kind': /may have mixed case, but should otherwise match: a DNS-1035 label/,
      'spec.names.listKind': /may have mixed case, but should otherwise match: a DNS-1035 label/,
      'spec.names.shortNames[0]': /^Invalid value: "UP": a DNS-1035 label must consist of/,
    });
    const same = await askToDefine(world, schema, { names: { kind: 'Widget', listKind: 'Widget' } });
    const why = 'Invalid value: "Widget": kind and listKind may not be the same';
    assertInvalid(same.answer, { 'spec.names.listKind': why });
  },
  'checks printer columns, scale paths and selectable fields': async (world) => {
    const version = {
      additionalPrinterColumns: [{ name: 'a', type: 'zork', format: 'zork', jsonPath: 'spec.a' }],
      subresources: {
        scale: { specReplicasPath: '.status.x', statusReplicasPath: '.spec.x', labelSelectorPath: '.x' },
      },
      selectableFields: [
        { jsonPath: '.spec.zork' },
        { jsonPath: '.spec' },
        { jsonPath: '.spec.a' },
        { jsonPath: '.spec.a' },
      ],
    };
    const { answer } = await askToDefine(world, schema, { version });
    assertInvalid(answer, {
      'spec.additionalPrinterColumns[0].type':
        'Invalid value: "zork": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[0].format': /^Invalid value: "zork": must be one of byte,date,date-time,/,
      'spec.additionalPrinterColumns[0].JSONPath':
        'Invalid value: "spec.a": must be a simple json path starting with .',
      'spec.subresources.scale.specReplicasPath': 'Invalid value: ".status.x": should be a json path under .spec',
      'spec.subresources.scale.statusReplicasPath': 'Invalid value: ".spec.x": should be a json path under .status',
      'spec.subresources.scale.labelSelectorPath': /should be a json path under either .spec or .status$/,
      'spec.selectableFields[0].jsonPath': /is an invalid path: does not refer to a valid field$/,
      'spec.selectableFields[1].jsonPath': /must point to a field of type string, boolean or integer/,
      'spec.selectableFields[3].jsonPath': 'Duplicate value: ".spec.a"',
    });
  },
});
