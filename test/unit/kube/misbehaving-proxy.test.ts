import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import test, { type TestContext } from 'node:test';
import { collect } from '../../support/collect.ts';
import { ListWatchServer } from '../../support/list-watch-server.ts';
import { verbOf } from '../../support/misbehaving-proxy/fault.ts';
import { MisbehavingProxy } from '../../support/misbehaving-proxy/proxy.ts';
import { ScriptedApiServer, sendJson } from '../../support/scripted-api-server.ts';

const LIST = '/api/v1/namespaces/lab/configmaps';
const WATCH = `${LIST}?watch=true&resourceVersion=0`;

async function proxyOf(t: TestContext): Promise<{ server: ListWatchServer; proxy: MisbehavingProxy }> {
  const server = await ListWatchServer.start();
  const proxy = await MisbehavingProxy.start({ url: server.http.url });
  t.after(async () => {
    await proxy.close();
    await server.http.close();
  });
  return { server, proxy };
}

async function open(proxy: MisbehavingProxy, path: string): Promise<IncomingMessage> {
  const request = get(proxy.url + path, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  // A reset is an error of both; the tests look at the response.
  request.on('error', () => {});
  return response;
}

async function text(response: AsyncIterable<Buffer>): Promise<string> {
  return Buffer.concat(await collect(response)).toString();
}

test('a request and its answer are passed on as they are, and remembered', async (t) => {
  const { promise: seen, resolve } = Promise.withResolvers<unknown>();
  const server = await ScriptedApiServer.start(({ method, path, query, headers, body }, response) => {
    resolve([method, path, query.get('a'), headers.authorization, body]);
    sendJson(response, 201, { done: true });
  });
  const proxy = await MisbehavingProxy.start({ url: server.url });
  t.after(async () => {
    await proxy.close();
    await server.close();
  });
  const answer = await fetch(`${proxy.url}${LIST}?a=b`, {
    method: 'POST',
    body: '{"x":1}',
    headers: { Authorization: 'Bearer a-token' },
  });
  assert.deepEqual([answer.status, await answer.json()], [201, { done: true }]);
  assert.deepEqual(await seen, ['POST', LIST, 'b', 'Bearer a-token', '{"x":1}']);
  assert.deepEqual(
    proxy.calls.map(({ method, path, verb, status }) => [method, path, verb, status]),
    [['POST', LIST, 'write', 201]],
  );
});

test('lists, watches, single objects and writes are told apart', () => {
  const verb = (method: string, path: string, query = '') => verbOf(method, path, new URLSearchParams(query));
  assert.equal(verb('GET', '/api/v1/pods'), 'list');
  assert.equal(verb('GET', '/apis/apps/v1/namespaces/a/deployments'), 'list');
  assert.equal(verb('GET', '/api/v1/namespaces'), 'list');
  assert.equal(verb('GET', '/api/v1/namespaces/a'), 'get');
  assert.equal(verb('GET', '/apis/apps/v1/namespaces/a/deployments/b'), 'get');
  assert.equal(verb('GET', '/readyz'), 'get');
  assert.equal(verb('GET', '/api/v1/pods', 'watch=true'), 'watch');
  assert.equal(verb('DELETE', '/api/v1/namespaces/a'), 'write');
});

test('a rule answers in the place of the API server, as often as it says', async (t) => {
  const { proxy } = await proxyOf(t);
  proxy.misbehave({ on: ({ verb }) => verb === 'list', answer: 429, retryAfterSeconds: 7, times: 1 });
  const refused = await fetch(proxy.url + LIST);
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '7']);
  assert.equal(((await refused.json()) as { code: number }).code, 429);
  assert.equal((await fetch(proxy.url + LIST)).status, 200);
});

test('a rule that is taken back no longer counts', async (t) => {
  const { proxy } = await proxyOf(t);
  const end = proxy.misbehave({ on: () => true, cut: true });
  await assert.rejects(fetch(proxy.url + LIST));
  end();
  assert.equal((await fetch(proxy.url + LIST)).status, 200);
});

test('a connection that is cut ends with a reset', async (t) => {
  const { proxy } = await proxyOf(t);
  const response = await open(proxy, WATCH);
  proxy.cut();
  await assert.rejects(text(response), { code: 'ECONNRESET' });
  await proxy.until(({ openSockets, openWatches }) => openSockets + openWatches === 0);
});

for (const how of ['reset', 'end'] as const) {
  test(`a line breaks in the middle, with ${how}`, async (t) => {
    const { server, proxy } = await proxyOf(t);
    const response = await open(proxy, WATCH);
    server.put('a');
    const [first] = (await once(response, 'data')) as [Buffer];
    assert.match(String(first), /}\n$/);
    proxy.breakNextLine(how);
    server.put('b');
    server.put('c');
    let rest = '';
    response.on('data', (chunk) => {
      rest += chunk;
    });
    const end = how === 'end' ? once(response, 'end') : assert.rejects(once(response, 'end'), { code: 'ECONNRESET' });
    await end;
    assert.match(rest, /^{"type":"ADDED"[^\n]*$/);
    assert.doesNotMatch(rest, /"name":"c"/);
  });
}

test('a frozen proxy keeps its connections and sends nothing until it thaws', async (t) => {
  const { server, proxy } = await proxyOf(t);
  const response = await open(proxy, WATCH);
  let heard = '';
  response.on('data', (chunk) => {
    heard += chunk;
  });
  proxy.freeze();
  server.put('a');
  const list = fetch(proxy.url + LIST);
  await proxy.until(({ calls }) => calls.length === 2);
  assert.deepEqual([heard, proxy.openSockets, server.lists.length], ['', 2, 0]);
  const next = once(response, 'data');
  proxy.thaw();
  await next;
  assert.match(heard, /"name":"a"/);
  assert.equal((await list).status, 200);
});

test('watches end by order, or after the time that a rule says', async (t) => {
  const { server, proxy } = await proxyOf(t);
  const first = await open(proxy, WATCH);
  server.put('a');
  await once(first, 'data');
  proxy.endWatches();
  assert.equal(await text(first), '');
  proxy.misbehave({ on: ({ verb }) => verb === 'watch', endAfterMs: 1 });
  assert.match(await text(await open(proxy, WATCH)), /^({.*}\n)*$/);
});

test('what is inserted comes between two lines', async (t) => {
  const { server, proxy } = await proxyOf(t);
  const response = await open(proxy, WATCH);
  proxy.insert('nonsense\n');
  const [nonsense] = (await once(response, 'data')) as [Buffer];
  server.put('a');
  const [line] = (await once(response, 'data')) as [Buffer];
  assert.deepEqual([String(nonsense), JSON.parse(String(line)).type], ['nonsense\n', 'ADDED']);
});

test('lines that lag come all, in order, and end where they ended', async (t) => {
  const { server, proxy } = await proxyOf(t);
  proxy.misbehave({ on: ({ verb }) => verb === 'watch', lagMs: 20 });
  const response = await open(proxy, WATCH);
  for (const name of ['a', 'b', 'c']) server.put(name);
  server.endWatches();
  const lines = (await text(response)).trim().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).object.metadata.name),
    ['a', 'b', 'c'],
  );
});

test('an API server that is away resets the connection', async (t) => {
  const { server, proxy } = await proxyOf(t);
  await server.http.close();
  await assert.rejects(open(proxy, LIST), { code: 'ECONNRESET' });
});
