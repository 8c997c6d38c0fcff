import assert from 'node:assert/strict';
import { chapter } from '../behaviour.ts';
import { define, integer, specSchema, text } from '../custom-resource.ts';
import { assertInvalid, assertRefused, warningsOf } from '../refusal.ts';

const configMaps = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
const schema = specSchema({ a: text, list: { type: 'array', items: { type: 'object', properties: { n: integer } } } });

export const fieldValidation = chapter('field validation', {
  'refuses unknown fields when it is strict': async ({ admin, namespace }) => {
    const body = { metadata: { name: 'a', zork: 1 }, more: 1 };
    const answer = await admin.post(`${configMaps(namespace)}?fieldValidation=Strict`, body);
    const why = 'strict decoding error: unknown field "metadata.zork", unknown field "more"';
    assertRefused(answer, 400, 'BadRequest', `ConfigMap in version "v1" cannot be handled as a ConfigMap: ${why}`);
  },
  'warns of unknown fields and drops them when it is not told otherwise': async ({ admin, namespace }) => {
    for (const query of ['', '?fieldValidation=Warn']) {
      const body = { metadata: { name: `a${query.length}`, zork: 1 }, more: 1 };
      const answer = await admin.post(`${configMaps(namespace)}${query}`, body);
      assert.deepEqual(warningsOf(answer), ['unknown field "metadata.zork"', 'unknown field "more"']);
      assert.deepEqual([answer.code, answer.body.more, answer.body.metadata.zork], [201, undefined, undefined]);
    }
  },
  'drops unknown fields without a word when it ignores them': async ({ admin, namespace }) => {
    const answer = await admin.post(`${configMaps(namespace)}?fieldValidation=Ignore`, {
      metadata: { name: 'a' },
      more: 1,
    });
    assert.deepEqual([answer.code, warningsOf(answer), answer.body.more], [201, [], undefined]);
  },
  'refuses a level that it does not know': async ({ admin, namespace }) => {
    const answer = await admin.post(`${configMaps(namespace)}?fieldValidation=Zork`, { metadata: { name: 'a' } });
    const why = 'Unsupported value: "Zork": supported values: "", "Ignore", "Strict", "Warn"';
    assertInvalid(answer, { fieldValidation: why });
  },
  'names unknown fields by their paths': async ({ admin, namespace }) => {
    const containers = [{ name: 'x', image: 'i', imagee: 'y' }];
    const pod = { metadata: { name: 'p' }, spec: { containers } };
    const answer = await admin.post(`/api/v1/namespaces/${namespace}/pods?fieldValidation=Strict`, pod);
    assertRefused(answer, 400, 'BadRequest', /strict decoding error: unknown field "spec.containers\[0\].imagee"$/);
  },
  'refuses fields that come twice when it is strict': async ({ admin, namespace }) => {
    const body = '{"metadata":{"name":"a"},"data":{"a":"1","a":"2"}}';
    const answer = await admin.post(`${configMaps(namespace)}?fieldValidation=Strict`, body);
    assertRefused(answer, 400, 'BadRequest', /strict decoding error: duplicate field "data.a"$/);
  },
  'warns of fields that come twice, and takes the last': async ({ admin, namespace }) => {
    const answer = await admin.post(configMaps(namespace), '{"metadata":{"name":"a"},"data":{"a":"1","a":"2"}}');
    assert.deepEqual([answer.code, answer.body.data], [201, { a: '2' }]);
    assert.deepEqual(warningsOf(answer), ['duplicate field "data.a"']);
  },
  'tells the lines of keys that YAML has twice': async ({ admin, namespace }) => {
    const yaml = { body: 'metadata:\n  name: a\ndata:\n  a: b\n  a: c\n', contentType: 'application/yaml' };
    const strict = await admin.call('POST', `${configMaps(namespace)}?fieldValidation=Strict`, yaml);
    const why = /strict decoding error: yaml: unmarshal errors:\n {2}line 5: key "a" already set in map$/;
    assertRefused(strict, 400, 'BadRequest', why);
    const lax = await admin.call('POST', configMaps(namespace), yaml);
    assert.deepEqual([lax.body.data, warningsOf(lax)], [{ a: 'c' }, ['line 5: key "a" already set in map']]);
  },
  'refuses patches with unknown fields when it is strict': async ({ admin, namespace }) => {
    await admin.post(configMaps(namespace), { metadata: { name: 'a' } });
    const path = `${configMaps(namespace)}/a?fieldValidation=Strict`;
    const why = /strict decoding error: unknown field "zork"$/;
    assertInvalid(await admin.mergePatch(path, { zork: 1 }), { patch: why });
    assertInvalid(await admin.jsonPatch(path, [{ op: 'add', path: '/zork', value: 1 }]), { patch: why });
    assertInvalid(await admin.strategicPatch(path, { zork: 1 }), { patch: why });
    const twice = await admin.mergePatch(path, '{"data":{"a":"1","a":"2"}}');
    assertInvalid(twice, { patch: /strict decoding error: duplicate field "data.a"$/ });
  },
  'tells of parts of a JSON patch that mean nothing': async ({ admin, namespace }) => {
    await admin.post(configMaps(namespace), { metadata: { name: 'a' }, data: { a: '1' } });
    const operations = [{ op: 'replace', path: '/data/a', value: '2', zork: 1 }];
    const path = `${configMaps(namespace)}/a`;
    const strict = await admin.jsonPatch(`${path}?fieldValidation=Strict`, operations);
    assertInvalid(strict, { patch: /strict decoding error: json patch unknown field "\[0\].zork"$/ });
    const lax = await admin.jsonPatch(path, operations);
    assert.deepEqual([lax.code, warningsOf(lax)], [200, ['json patch unknown field "[0].zork"']]);
  },
  'refuses unknown fields of an apply, strict or not': async ({ admin, namespace }) => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, zork: 1 };
    const answer = await admin.apply(`${configMaps(namespace)}/a?fieldManager=m`, config);
    const why = 'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .zork: field not declared in schema';
    assertRefused(answer, 500, undefined, why);
  },
  'refuses unknown and double fields of custom resources when it is strict': async (world) => {
    const { group, path } = await define(world, schema);
    const spec = '"spec":{"a":"1","a":"2","q":1,"list":[{"n":1,"m":2}]}';
    const body = `{"apiVersion":"${group}/v1","kind":"Widget","metadata":{"name":"a","zork":1},${spec},"top":1}`;
    const fields = ['metadata.zork', 'spec.list[0].m', 'spec.q', 'top'].map((field) => `unknown field "${field}"`);
    const all = ['duplicate field "spec.a"', ...fields];
    const strict = await world.admin.post(`${path}?fieldValidation=Strict`, body);
    const why = `strict decoding error: ${all.join(', ')}`;
    assertRefused(strict, 400, 'BadRequest', `Widget in version "v1" cannot be handled as a Widget: ${why}`);
    const lax = await world.admin.post(path, body);
    assert.deepEqual([lax.code, lax.body.spec, warningsOf(lax)], [201, { a: '2', list: [{ n: 1 }] }, all]);
  },
  'refuses a custom resource that says no kind, another kind, another version': async (world) => {
    const { group, path } = await define(world, schema);
    const post = (body: object) => world.admin.post(path, { metadata: { name: 'x' }, ...body });
    assertRefused(await post({}), 400, 'BadRequest', /^the object provided is unrecognized \(must be of type Widget\)/);
    const version = await post({ apiVersion: `${group}/v2`, kind: 'Widget' });
    const why = `the API version in the data (${group}/v2) does not match the expected API version (${group}/v1)`;
    assertRefused(version, 400, 'BadRequest', why);
    const kind = await post({ apiVersion: `${group}/v1`, kind: 'Gadget' });
    assertInvalid(kind, { kind: 'Invalid value: "Gadget": must be Widget' });
    const labels = await post({ apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'x', labels: { a: 1 } } });
    assertRefused(labels, 400, 'BadRequest', /json: cannot unmarshal number into Go struct field ObjectMeta.labels/);
  },
});
