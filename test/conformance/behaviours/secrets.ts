import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

const MEBIBYTE = 1024 * 1024;

function make({ admin, namespace }: World, plural: 'secrets' | 'configmaps', name: string, body: object) {
  return admin.post(inNamespace(namespace, plural), { metadata: { name }, ...body });
}

export const secrets = chapter('Secrets and ConfigMaps', {
  'plain strings become data, over what is there': async (world) => {
    const { body } = await make(world, 'secrets', 'one', {
      data: { a: 'eA==', b: 'eQ==' },
      stringData: { a: 'new', c: '' },
    });
    assert.deepEqual([body.type, body.stringData], ['Opaque', undefined]);
    assert.deepEqual(body.data, { a: 'bmV3', b: 'eQ==', c: '' });
    const path = `${inNamespace(world.namespace, 'secrets')}/one`;
    const patched = await world.admin.mergePatch(path, { data: { b: null }, stringData: { d: 'x' } });
    assert.deepEqual(patched.body.data, { a: 'bmV3', c: '', d: 'eA==' });
  },
  'data that is not base64 is refused': async (world) => {
    const why = 'Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0';
    assertRefused(await make(world, 'secrets', 'x', { data: { a: '###' } }), 400, 'BadRequest', why);
    const binary = await make(world, 'configmaps', 'x', { binaryData: { a: '%' } });
    assertRefused(
      binary,
      400,
      'BadRequest',
      /^ConfigMap in version "v1" cannot be handled as a ConfigMap: illegal base64/,
    );
  },
  'values are strings': async (world) => {
    const why = 'json: cannot unmarshal number into Go struct field';
    assertRefused(
      await make(world, 'secrets', 'x', { stringData: { a: 1 } }),
      400,
      'BadRequest',
      new RegExp(`${why} Secret.stringData of type string`),
    );
    assertRefused(
      await make(world, 'configmaps', 'x', { data: { a: 1 } }),
      400,
      'BadRequest',
      new RegExp(`${why} ConfigMap.data of type string`),
    );
  },
  'keys can be names of files': async (world) => {
    const rule =
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
    assertInvalid(
      await make(world, 'secrets', 'x', { stringData: { 'a b': 'x' } }),
      `data[a b]: Invalid value: "a b": ${rule}`,
    );
    assertInvalid(
      await make(world, 'configmaps', 'x', { data: { 'a/b': 'x' } }),
      `data[a/b]: Invalid value: "a/b": ${rule}`,
    );
    assertInvalid(
      await make(world, 'secrets', 'x', { stringData: { '..': 'x' } }),
      `data[..]: Invalid value: "..": must not be '..'`,
    );
  },
  'types of secrets have the keys that they need': async (world) => {
    const typed = (type: string, data: object = {}) =>
      make(world, 'secrets', 'x', { type: `kubernetes.io/${type}`, stringData: data });
    assertInvalid(await typed('tls', { 'tls.crt': 'x' }), 'data[tls.key]: Required value');
    assertInvalid(await typed('dockerconfigjson'), 'data[.dockerconfigjson]: Required value');
    assertInvalid(await typed('ssh-auth'), 'data[ssh-privatekey]: Required value');
    assertInvalid(await typed('basic-auth'), 'data[username]: Required value', 'data[password]: Required value');
    assertInvalid(
      await typed('service-account-token'),
      'metadata.annotations[kubernetes.io/service-account.name]: Required value',
    );
    assert.equal((await typed('basic-auth', { password: 'x' })).code, 201);
  },
  'what is wrong in a secret is refused without showing it': async (world) => {
    const type = 'kubernetes.io/dockerconfigjson';
    const answer = await make(world, 'secrets', 'x', { type, stringData: { '.dockerconfigjson': 'hunter2' } });
    assertRefused(answer, 422, 'Invalid', /data\[.dockerconfigjson\]: Invalid value: "<secret contents redacted>"/);
    assert.ok(!JSON.stringify(answer.body).includes('hunter2'));
  },
  'the type of a secret stays': async (world) => {
    await make(world, 'secrets', 'one', { type: 'example.com/any' });
    assertInvalid(
      await world.admin.mergePatch(`${inNamespace(world.namespace, 'secrets')}/one`, { type: 'example.com/other' }),
      'type: Invalid value: "example.com/other": field is immutable',
    );
  },
  'what is immutable keeps its data and stays immutable': async (world) => {
    await make(world, 'secrets', 'one', { immutable: true, stringData: { a: '1' } });
    await make(world, 'configmaps', 'one', { immutable: true, data: { a: '1' } });
    for (const [plural, data] of [
      ['secrets', { a: 'Mg==' }],
      ['configmaps', { a: '2' }],
    ] as const) {
      const path = `${inNamespace(world.namespace, plural)}/one`;
      const rule = 'Forbidden: field is immutable when `immutable` is set';
      assertInvalid(await world.admin.mergePatch(path, { data }), `data: ${rule}`);
      assertInvalid(await world.admin.mergePatch(path, { immutable: null }), `immutable: ${rule}`);
      assert.equal((await world.admin.mergePatch(path, { metadata: { labels: { a: 'b' } } })).code, 200);
      assert.equal((await world.admin.delete(path)).code, 200);
    }
  },
  'a secret holds a mebibyte, not more': async (world) => {
    const most = 'x'.repeat(MEBIBYTE);
    assertInvalid(
      await make(world, 'secrets', 'x', { stringData: { a: `${most}x` } }),
      `data: Too long: may not be more than ${MEBIBYTE} bytes`,
    );
    assert.equal((await make(world, 'secrets', 'most', { stringData: { a: most } })).code, 201);
  },
  'a ConfigMap has a key in one place, and a mebibyte at most': async (world) => {
    const twice = { data: { a: 'x' }, binaryData: { a: 'eA==' } };
    assertRefused(await make(world, 'configmaps', 'x', twice), 422, 'Invalid', /duplicate of key present in/);
    assertInvalid(
      await make(world, 'configmaps', 'x', { data: { a: 'x'.repeat(MEBIBYTE + 1) } }),
      `[]: Too long: may not be more than ${MEBIBYTE} bytes`,
    );
  },
});
