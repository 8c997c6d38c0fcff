import assert from 'node:assert/strict';
import { chapter } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertRefused } from '../refused.ts';

const NOT_FOUND = 'the server could not find the requested resource';
const NOT_ALLOWED = 'the server does not allow this method on the requested resource';
const UNREADABLE =
  /^the object provided is unrecognized \(must be of type ConfigMap\): couldn't get version\/kind; json parse error: /;

export const refusing = chapter('requests that make no sense', {
  'a path that leads nowhere is not found': async ({ admin }) => {
    for (const path of ['/nothing', '/healthz/nothing', '/metrics/nothing']) {
      const { code, body, headers } = await admin.get(path);
      assert.deepEqual(
        [code, body, headers['content-type']],
        [404, '404 page not found\n', 'text/plain; charset=utf-8'],
      );
    }
  },
  'a resource that is not there is not found': async ({ admin, namespace }) => {
    const paths = [
      '/api/v1/nothings',
      inNamespace(namespace, 'nothings'),
      '/apis/apps/v1/nothings',
      '/apis/apps/v9/deployments',
    ];
    for (const path of paths) assertRefused(await admin.get(path), 404, 'NotFound', NOT_FOUND);
    const { code, body } = await admin.get('/apis/none.example.com/v1/things');
    assert.deepEqual([code, body], [404, '404 page not found\n']);
  },
  'an object in a namespace is not found without one': async ({ admin }) => {
    assertRefused(await admin.get('/api/v1/configmaps/kube-root-ca.crt'), 404, 'NotFound', NOT_FOUND);
  },
  'an object that is not there is not found by name': async ({ admin, namespace }) => {
    const answer = await admin.get(`${inNamespace(namespace, 'deployments', 'apps')}/nothing`);
    assertRefused(answer, 404, 'NotFound', 'deployments.apps "nothing" not found');
    assert.deepEqual(answer.body.details, { name: 'nothing', group: 'apps', kind: 'deployments' });
  },
  'a part that a resource has not is not found': async ({ admin, namespace }) => {
    const path = `${inNamespace(namespace, 'configmaps')}/kube-root-ca.crt`;
    for (const part of ['status', 'scale', 'nothing']) {
      assertRefused(await admin.get(`${path}/${part}`), 404, 'NotFound', NOT_FOUND);
    }
  },
  'a method that a path has not is not allowed': async ({ admin, namespace }) => {
    const path = inNamespace(namespace, 'configmaps');
    const answers = [
      await admin.put(path, {}),
      await admin.mergePatch(path, {}),
      await admin.post(`${path}/one`, {}),
      await admin.post('/api/v1/configmaps', { metadata: { name: 'one', namespace } }),
      await admin.call('OPTIONS', path),
    ];
    for (const answer of answers) assertRefused(answer, 405, 'MethodNotAllowed', NOT_ALLOWED);
  },
  'a body that is no JSON is refused': async ({ admin, namespace }) => {
    const path = inNamespace(namespace, 'configmaps');
    for (const body of ['{', '', '[]', '"x"', '{"metadata":{"name":"q"}} and more']) {
      assertRefused(await admin.post(path, body), 400, 'BadRequest', UNREADABLE);
    }
  },
  'a body can be YAML': async ({ admin, namespace }) => {
    const path = inNamespace(namespace, 'configmaps');
    const body = 'metadata:\n  name: one\ndata:\n  a: "1"\n';
    const { code, body: made } = await admin.post(path, body, { contentType: 'application/yaml' });
    assert.deepEqual([code, made.data], [201, { a: '1' }]);
    assertRefused(await admin.post(path, 'x: [', { contentType: 'application/yaml' }), 400, 'BadRequest', /yaml: /);
  },
  'a body of another kind than the path is refused': async ({ admin, namespace }) => {
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one' } };
    const answer = await admin.post(inNamespace(namespace, 'configmaps'), body);
    assertRefused(answer, 400, 'BadRequest', /^Secret in version "v1" cannot be handled as a ConfigMap/);
  },
  'a body in a format that nobody reads is refused': async ({ admin, namespace }) => {
    const path = inNamespace(namespace, 'configmaps');
    const known = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
    const why = `the body of the request was in an unknown format - accepted media types include: ${known}`;
    for (const contentType of ['text/xml', 'application/x-www-form-urlencoded']) {
      assertRefused(await admin.post(path, '<a/>', { contentType }), 415, 'UnsupportedMediaType', why);
    }
    const { code } = await admin.post(path, '{"metadata":{"name":"one"}}', {
      contentType: 'application/json; charset=utf-8',
    });
    assert.equal(code, 201);
  },
  'a patch in a form that there is not is refused': async ({ admin, namespace }) => {
    const path = `${inNamespace(namespace, 'configmaps')}/kube-root-ca.crt`;
    for (const contentType of ['application/json', 'text/plain']) {
      const answer = await admin.call('PATCH', path, { body: {}, contentType });
      assertRefused(answer, 415, 'UnsupportedMediaType', '415: Unsupported Media Type');
    }
  },
  'a body above three mebibytes is refused unread': async ({ admin, namespace }) => {
    const data = { x: 'y'.repeat(3.2 * 1024 * 1024) };
    const answer = await admin.post(inNamespace(namespace, 'configmaps'), { metadata: { name: 'big' }, data });
    assertRefused(answer, 413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728');
  },
});
