import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Api } from './api-fixture.ts';
import { DEFINITIONS, definition, WIDGETS, widget, widgetDefinition } from './widget-definition.ts';

describe('custom resources', () => {
  let api: Api;
  before(async () => {
    api = await Api.start();
    const { code } = await api.post(DEFINITIONS, widgetDefinition);
    assert.equal(code, 201);
  });
  after(() => api.close());

  test('a definition is established, and its resource is in discovery', async () => {
    const { body } = await api.get(`${DEFINITIONS}/widgets.t.io`);
    assert.deepEqual(
      body.status.conditions.map(({ type, status }) => `${type}=${status}`),
      ['NamesAccepted=True', 'Established=True'],
    );
    const list = await api.get('/apis/t.io/v1');
    assert.deepEqual(
      list.body.resources.map(({ name }) => name),
      ['widgets', 'widgets/status', 'widgets/scale'],
    );
  });

  test('defaults are filled in, those below a default as well', async () => {
    const { body } = await api.post(WIDGETS, widget('filled'));
    assert.deepEqual(body.spec as unknown, { name: 'abc', size: 3, nested: { deep: { value: 'filled' } } });
    assert.equal(body.metadata.generation, 1);
  });

  test('unknown fields are dropped, but not where they are to be kept', async () => {
    const { body } = await api.post(
      WIDGETS,
      widget('pruned', { zork: 1, raw: { any: { thing: [1] } }, nested: { zork: 2 } }),
    );
    assert.deepEqual([body.spec.zork, body.spec.nested.zork], [undefined, undefined]);
    assert.deepEqual(body.spec.raw as unknown, { any: { thing: [1] } });
  });

  test('strict validation names every unknown field', async () => {
    const { code, body } = await api.post(
      `${WIDGETS}?fieldValidation=Strict`,
      widget('strict', { zork: 1, nested: { q: 2 } }),
    );
    assert.equal(code, 400);
    assert.match(body.message, /strict decoding error: unknown field "spec.nested.q", unknown field "spec.zork"$/);
  });

  const notChecked =
    '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
  const refusals: [fields: object, message: string][] = [
    [{ size: 0 }, 'spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1'],
    [{ size: 11 }, 'spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10'],
    [{ name: 'AB' }, 'spec.name: Invalid value: "AB": spec.name in body should match \'^[a-z]+$\''],
    [{ name: 'a' }, 'spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long'],
    [{ name: 'abcdef' }, `[spec.name: Too long: may not be more than 5 bytes, ${notChecked}]`],
    [
      { name: 5 },
      `[spec.name: Invalid value: "integer": spec.name in body must be of type string: "integer", ${notChecked}]`,
    ],
    [{ name: undefined }, `[spec.name: Required value, ${notChecked}]`],
    [{ mode: 'c' }, `[spec.mode: Unsupported value: "c": supported values: "a", "b", ${notChecked}]`],
    [{ when: 'x' }, `[spec.when: Invalid value: "x": spec.when in body must be of type date-time: "x", ${notChecked}]`],
    [{ tags: ['a', 'b', 'c'] }, `[spec.tags: Too many: 3: must have at most 2 items, ${notChecked}]`],
    [{ tags: ['a', 'a'] }, 'spec.tags[1]: Duplicate value: "a"'],
    [{ mode: 'b' }, 'spec: Invalid value: b needs a size above 3'],
    [{ memory: '500Mi' }, 'spec.memory: Invalid value: "500Mi": 1Gi is the least, not 500Mi'],
  ];
  for (const [fields, message] of refusals) {
    test(`${JSON.stringify(fields)} is refused in the API server's words`, async () => {
      const { code, body } = await api.post(WIDGETS, widget('refused', fields));
      assert.deepEqual([code, body.reason], [422, 'Invalid']);
      assert.equal(body.message, `Widget.t.io "refused" is invalid: ${message}`);
    });
  }

  test('transition rules compare with the value before, and only then', async () => {
    await api.post(WIDGETS, widget('moved', { fixed: 'a' }));
    const { code, body } = await api.patch(`${WIDGETS}/moved`, 'merge', { spec: { fixed: 'b' } });
    assert.equal(code, 422);
    assert.match(body.message, /spec.fixed: Invalid value: "b": fixed is immutable/);
  });

  test('a value that was valid once may stay when the rule changes', async () => {
    const loose = {
      type: 'object',
      properties: { spec: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } } },
    };
    await api.post(DEFINITIONS, definition('gadgets', loose));
    const path = '/apis/t.io/v1/namespaces/default/gadgets';
    await api.post(path, { apiVersion: 't.io/v1', kind: 'Gadget', metadata: { name: 'old' }, spec: { a: 'long' } });
    const strict = structuredClone(loose);
    Object.assign(strict.properties.spec.properties.a, { maxLength: 2 });
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: strict } }];
    await api.patch(`${DEFINITIONS}/gadgets.t.io`, 'merge', { spec: { versions } });
    assert.equal((await api.patch(`${path}/old`, 'merge', { spec: { b: 'new' } })).code, 200);
    assert.equal((await api.patch(`${path}/old`, 'merge', { spec: { a: 'longer' } })).code, 422);
  });

  test('status and spec are written apart, and only the spec moves the generation', async () => {
    await api.post(WIDGETS, widget('apart'));
    const viaMain = await api.patch(`${WIDGETS}/apart`, 'merge', { spec: { size: 4 }, status: { phase: 'x' } });
    assert.deepEqual([viaMain.body.status, viaMain.body.metadata.generation], [undefined, 2]);
    const viaStatus = await api.patch(`${WIDGETS}/apart/status`, 'merge', {
      spec: { size: 9 },
      status: { phase: 'Ready' },
    });
    assert.deepEqual(
      [viaStatus.body.spec.size, viaStatus.body.status.phase, viaStatus.body.metadata.generation],
      [4, 'Ready', 2],
    );
  });

  test('scale reads and writes the replicas at their path', async () => {
    await api.post(WIDGETS, widget('scaled'));
    await api.patch(`${WIDGETS}/scaled/status`, 'merge', { status: { replicas: 2, selector: 'a=b' } });
    const { body } = await api.patch(`${WIDGETS}/scaled/scale`, 'merge', { spec: { replicas: 5 } });
    assert.deepEqual([body.spec.replicas, body.status as unknown], [5, { replicas: 2, selector: 'a=b' }]);
    assert.equal((await api.get(`${WIDGETS}/scaled`)).body.spec.size, 5);
  });

  test('printer columns become a table', async () => {
    await api.post(WIDGETS, widget('shown'));
    await api.patch(`${WIDGETS}/shown/status`, 'merge', {
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const { body } = await api.get(`${WIDGETS}/shown`, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    assert.deepEqual(
      body.columnDefinitions.map(({ name }) => name),
      ['Name', 'Size', 'Ready', 'Age'],
    );
    assert.deepEqual(body.rows[0]?.cells.slice(0, 3), ['shown', 3, 'True']);
  });

  test('strategic merge patches are not for custom resources, and updates need a resource version', async () => {
    await api.post(WIDGETS, widget('strategic'));
    assert.equal((await api.patch(`${WIDGETS}/strategic`, 'strategic', { spec: { size: 4 } })).code, 415);
    const { code, body } = await api.put(`${WIDGETS}/strategic`, widget('strategic'));
    assert.equal(code, 422);
    assert.match(body.message, /metadata.resourceVersion: Invalid value: 0: must be specified for an update/);
  });

  test('lists of the schema merge by key when applied', async () => {
    const apply = (manager: string, port: object) =>
      api.patch(`${WIDGETS}/applied?fieldManager=${manager}`, 'apply', widget('applied', { ports: [port] }));
    await apply('one', { name: 'a', port: 1 });
    const { body } = await apply('two', { name: 'b', port: 2 });
    assert.deepEqual(
      body.spec.ports.map(({ name }) => name),
      ['a', 'b'],
    );
  });

  const structural: [schema: object, message: RegExp][] = [
    [
      { type: 'object', properties: { a: {} } },
      /properties\[a\]\.type: Required value: must not be empty for specified object fields/,
    ],
    [{ type: 'object', properties: { a: { $ref: '#/x' } } }, /\$ref: Forbidden: \$ref is not supported/],
    [{ type: 'object', properties: { a: { type: 'array' } } }, /items: Required value: must be specified/],
    [
      { type: 'object', properties: { a: { type: 'string', oneOf: [{ type: 'string' }] } } },
      /oneOf\[0\]\.type: Forbidden: must be empty to be structural/,
    ],
    [{ type: 'object', properties: { a: { type: 'integer', default: 'x' } } }, /default: Invalid value: "string"/],
    [{ type: 'object', properties: { a: { type: 'string', pattern: '(?=x)' } } }, /must be a valid regular expression/],
    [
      { type: 'object', properties: { a: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.b(' }] } } },
      /compilation failed/,
    ],
    [
      {
        type: 'object',
        properties: { a: { type: 'object', properties: {}, 'x-kubernetes-validations': [{ rule: 'self.b == 1' }] } },
      },
      /undefined field 'b'/,
    ],
  ];
  for (const [schema, message] of structural) {
    test(`a definition with ${JSON.stringify(schema).slice(32, 110)} is refused`, async () => {
      const { code, body } = await api.post(DEFINITIONS, definition('wrongs', schema));
      assert.equal(code, 422);
      assert.match(body.message, message);
    });
  }

  test('a definition goes with its objects, once they let go', async () => {
    await api.post(DEFINITIONS, definition('things', { type: 'object' }));
    const path = '/apis/t.io/v1/namespaces/default/things';
    await api.post(path, { apiVersion: 't.io/v1', kind: 'Thing', metadata: { name: 'held', finalizers: ['t.io/x'] } });
    await api.delete(`${DEFINITIONS}/things.t.io`);
    assert.ok((await api.get(`${path}/held`)).body.metadata.deletionTimestamp);
    assert.equal((await api.get(`${DEFINITIONS}/things.t.io`)).code, 200);
    await api.patch(`${path}/held`, 'merge', { metadata: { finalizers: null } });
    assert.equal((await api.get(`${DEFINITIONS}/things.t.io`)).code, 404);
    assert.equal((await api.get(path)).code, 404);
  });
});
