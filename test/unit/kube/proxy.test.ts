import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { ScriptedApiServer, sendJson } from '../../support/scripted-api-server.ts';
import { newAuthority } from '../../support/test-certificates.ts';
import { startConnectProxy } from './connect-proxy.ts';

const GET = { method: 'GET', path: '/version', idempotent: true } as const;
const POST = { method: 'POST', path: '/api/v1/namespaces', body: {} } as const;
const authority = newAuthority('test-authority');

/** A TLS server that is reached through a proxy. */
async function behindProxy(t: TestContext, options: { beforeWrite?: () => void; proxyUser?: string } = {}) {
  const server = await ScriptedApiServer.start((_, response) => sendJson(response, 200, {}), authority.issue('server'));
  const proxy = await startConnectProxy(t);
  const cluster = {
    'certificate-authority-data': Buffer.from(authority.cert).toString('base64'),
    'proxy-url': options.proxyUser ? proxy.url.replace('//', `//${options.proxyUser}@`) : proxy.url,
  };
  const config = loadKubeConfig({ kubeconfig: server.kubeconfig({ token: 'a-token' }, cluster) });
  const { beforeWrite } = options;
  const transport = createTransport(config, { clock: systemClock, ...(beforeWrite && { beforeWrite }) });
  t.after(() => transport.close().then(() => server.close()));
  return { server, proxy, transport };
}

test('proxy-url is the way to the server: few tunnels for many calls, TLS and token within', async (t) => {
  const { server, proxy, transport } = await behindProxy(t);
  for (let i = 0; i < 10; i++) assert.deepEqual(await transport.call(GET), {});
  assert.ok(proxy.tunnels.length <= 2, `${proxy.tunnels.length} tunnels`);
  assert.equal(proxy.tunnels[0]?.target, new URL(server.url).host);
  assert.equal(server.requests[9]?.headers.authorization, 'Bearer a-token');
});

test('the name and password of a proxy go to the proxy only', async (t) => {
  const { server, proxy, transport } = await behindProxy(t, { proxyUser: 'me:hunter2' });
  await transport.call(GET);
  assert.equal(proxy.tunnels[0]?.authorization, `Basic ${Buffer.from('me:hunter2').toString('base64')}`);
  assert.equal(server.requests[0]?.headers['proxy-authorization'], undefined);
});

test('a proxy that refuses is told with its code, without its password', async (t) => {
  const { proxy, transport } = await behindProxy(t, { proxyUser: 'me:hunter2' });
  proxy.refuse(403);
  await assert.rejects(transport.call(GET), (error: Error) => {
    assert.match(error.message, /GET \/version: Proxy response \(403\)/);
    assert.doesNotMatch(`${error.message} ${error.cause}`, /hunter2/);
    return true;
  });
});

test('a write that may no longer be sent when its connection is there, is not sent', async (t) => {
  const deposed = new Error('not the leader any more');
  let isLeader = true;
  const beforeWrite = (): void => {
    if (!isLeader) throw deposed;
  };
  const { server, proxy, transport } = await behindProxy(t, { beforeWrite });
  const { release } = proxy.hold();
  const asked = proxy.asked();
  const refused = assert.rejects(transport.call(POST), deposed);
  await asked;
  isLeader = false;
  release();
  await refused;
  assert.equal(server.requests.length, 0);
  assert.deepEqual(await transport.call(GET), {});
});
