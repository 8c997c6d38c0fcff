import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { maskedName, podOf, writeOf } from '../../support/crash-proxy/crossing.ts';
import { CrashProxy, type Moment } from '../../support/crash-proxy/proxy.ts';

const NONE = new URLSearchParams();
const PATH = '/apis/apps/v1/namespaces/n/deployments/lab';

/** An API server that counts what reaches it, behind a proxy that lets whoever asks die. */
async function behindProxy(context: TestContext, moment: Moment | undefined) {
  const reached: string[] = [];
  const server = createServer((request, response) => {
    reached.push(`${request.method} ${request.url}`);
    request.resume().on('end', () => response.end('{"done":true}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const killed = Promise.withResolvers<void>();
  const proxy = await CrashProxy.start({
    url: `http://127.0.0.1:${port}`,
    caCertificate: '',
    fate: ({ write }) => (write && moment ? { moment, kill: killed.resolve } : undefined),
  });
  context.after(async () => {
    await proxy.close();
    server.close();
  });
  const patch = () => fetch(proxy.url + PATH, { method: 'PATCH', body: '{}' }).then((answer) => answer.text());
  return { proxy, reached, patch, killed: killed.promise };
}

test('a request passes when nobody is to die', async (context) => {
  const { patch, reached, proxy } = await behindProxy(context, undefined);
  assert.equal(await patch(), '{"done":true}');
  assert.deepEqual(reached, [`PATCH ${PATH}`]);
  assert.deepEqual(proxy.crossings[0]?.write, { verb: 'patch', resource: 'apps/deployments', name: 'lab' });
});

test('who dies before its write is passed on has written nothing', async (context) => {
  const { patch, reached, killed } = await behindProxy(context, 'before');
  await assert.rejects(patch());
  await killed;
  assert.deepEqual(reached, []);
});

test('who dies before it is answered has written, and never learns of it', async (context) => {
  const { patch, reached, killed } = await behindProxy(context, 'unanswered');
  await assert.rejects(patch());
  await killed;
  assert.equal(reached.length, 1);
});

test('who dies after the answer has had it', async (context) => {
  const { patch, reached, killed } = await behindProxy(context, 'answered');
  assert.equal(await patch(), '{"done":true}');
  await killed;
  assert.equal(reached.length, 1);
});

test('writes are named without what differs from run to run', () => {
  const body = JSON.stringify({ metadata: { name: 'lab-10003-1a2b3c4d' } });
  assert.deepEqual(writeOf('POST', '/api/v1/namespaces/n/secrets', NONE, body), {
    verb: 'create',
    resource: '/secrets',
    name: 'lab-*-*',
  });
  assert.equal(maskedName('lab-10003'), 'lab-*');
  assert.equal(maskedName('lab-server-7d4b9c6f5d-x2x7z'), 'lab-server-*');
  assert.equal(maskedName('lab-server-b4bff9dd9-q8lpg'), 'lab-server-*');
  assert.equal(maskedName('lab-server'), 'lab-server');
});

test('a deletion that does not say of what uid is known as such', () => {
  const path = '/api/v1/namespaces/n/pods/lab-1';
  const aimed = JSON.stringify({ preconditions: { uid: 'u' } });
  assert.equal(writeOf('DELETE', path, NONE, aimed)?.isAimed, true);
  assert.equal(writeOf('DELETE', path, NONE, '')?.isAimed, false);
});

test('what becomes of a Lease is known, and that it is one', () => {
  const path = '/apis/coordination.k8s.io/v1/namespaces/n/leases/a';
  const spec = (holderIdentity: string, acquireTime: string, renewTime: string) =>
    JSON.stringify({ spec: { holderIdentity, acquireTime, renewTime } });
  const names = [spec('one', '1', '1'), spec('one', '1', '2'), spec('', '3', '3')].map(
    (body) => writeOf('PATCH', path, NONE, body)?.name,
  );
  assert.deepEqual(names, ['a=taken', 'a=renewed', 'a=released']);
  assert.equal(writeOf('PATCH', path, NONE, spec('one', '1', '1'))?.passing, 'lease');
});

test('an Event is a write that only passes', () => {
  assert.equal(writeOf('POST', '/apis/events.k8s.io/v1/namespaces/n/events', NONE, '{}')?.passing, 'event');
  assert.equal(writeOf('POST', '/api/v1/namespaces/n/pods', NONE, '{}')?.passing, undefined);
});

test('what leaves no trace is no write', () => {
  assert.equal(writeOf('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', NONE, '{}'), undefined);
  assert.equal(writeOf('POST', '/api/v1/namespaces/n/pods', new URLSearchParams('dryRun=All'), '{}'), undefined);
  assert.equal(writeOf('GET', '/api/v1/namespaces/n/pods', NONE, ''), undefined);
});

test('the pod of a service account token is known', () => {
  const claims = { 'kubernetes.io': { pod: { name: 'lab-1', uid: 'u' } } };
  const token = `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
  assert.deepEqual(podOf(`Bearer ${token}`), { name: 'lab-1', uid: 'u' });
  assert.equal(podOf('Bearer opaque'), undefined);
  assert.equal(podOf(undefined), undefined);
});
