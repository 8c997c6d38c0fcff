import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventRoutines } from '../../../../src/server/events/event-routines.ts';
import {
  EVENT_MALFORMED_REQUEST,
  EVENT_REQUEST,
  EVENT_UNKNOWN_VERB,
} from '../../../../src/server/events/server-events.ts';
import { RuntimeError } from '../../../../src/wire/errors.ts';
import { ask, converse, dialWeb, MALFORMED, ok, refused, responsesIn, startWebServer } from './fixture.ts';

const TOKEN = 'aB3-_'.repeat(25).slice(0, 124);
const STATISTICS = ok({ version: '0.0.0-test', uptime: 7, available: 2 });

test('a verb is served by GET and by POST, at its name in small letters', async () => {
  await using web = await startWebServer();
  for (const method of ['GET', 'POST']) {
    const { status, json } = await ask(web.port, method, '/stat?what=ever');
    assert.equal(status, 200);
    assert.deepEqual(json, STATISTICS);
  }
});

test('the body is the parameters, by GET too, whatever its type is said to be, in chunks too', async () => {
  await using web = await startWebServer();
  const parameters = { name: 'Zoë', list: [1, { two: null }] };
  const body = JSON.stringify(parameters);
  for (const method of ['GET', 'POST']) {
    const { json } = await ask(web.port, method, '/echo', { body, headers: { 'content-type': 'text/plain' } });
    assert.deepEqual(json, ok({ parameters }));
  }
  const chunks = 'POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n';
  const read = await converse(web.port, `${chunks}5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n`);
  assert.deepEqual(responsesIn(read), [ok({ parameters: { a: 1 } })]);
});

test('what is wrong with a request is an answer of the protocol, with the status 200', async () => {
  await using web = await startWebServer();
  const wrong: [path: string, body: string | Buffer, answer: object][] = [
    ['/nope', '', refused('Bad request (reason : Unhandled verb)')],
    ['/stat/now', '', MALFORMED],
    ['/stat/', '', MALFORMED],
    ['/STAT', '', MALFORMED],
    ['/st%61t', '', MALFORMED],
    ['//stat', '', MALFORMED],
    ['/stat', '{', MALFORMED],
    ['/stat', 'null', MALFORMED],
    ['/stat', '[]', MALFORMED],
    ['/stat', '"text"', MALFORMED],
    ['/stat', Buffer.from('{"a":"\xff"}', 'latin1'), MALFORMED],
    ['/stat', '{"container_uuid":"7"}', MALFORMED],
    ['/stat', `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`, MALFORMED],
  ];
  for (const [path, body, answer] of wrong) {
    const { status, json } = await ask(web.port, 'POST', path, { body });
    assert.deepEqual({ path, status, json }, { path, status: 200, json: answer });
  }
  assert.deepEqual(web.errors, []);
});

test('a target may be absolute', async () => {
  await using web = await startWebServer();
  const read = await converse(web.port, 'GET http://any/stat HTTP/1.1\r\nhost: any\r\nconnection: close\r\n\r\n');
  assert.deepEqual(responsesIn(read), [STATISTICS]);
});

test('the root greets, with links', async () => {
  await using web = await startWebServer();
  const { status, json } = await ask(web.port, 'GET', '/');
  const { success, message, data } = json as { success: boolean; message: string; data: { links: string[] } };
  assert.deepEqual([status, success], [200, true]);
  assert.match(message, /Anweddol/);
  assert.ok(data.links.length > 0);
  for (const link of data.links) assert.match(link, /^https:\/\/github\.com\/the-anweddol-project/);
  const head = await ask(web.port, 'HEAD', '/');
  assert.deepEqual([head.status, head.text], [200, '']);
});

test('other methods are not allowed, and say which are', async () => {
  await using web = await startWebServer();
  const methods: [method: string, path: string, allow: string][] = [
    ['DELETE', '/stat', 'GET, POST'],
    ['HEAD', '/stat', 'GET, POST'],
    ['OPTIONS', '/stat', 'GET, POST'],
    ['POST', '/', 'GET, HEAD'],
    ['PUT', '/openapi.json', 'GET, HEAD'],
  ];
  for (const [method, path, allow] of methods) {
    const { status, headers, json } = await ask(web.port, method, path);
    assert.deepEqual([status, headers.allow], [405, allow]);
    if (method !== 'HEAD') assert.deepEqual(json, refused('Bad request (reason : Method not allowed)'));
  }
});

test('an answer is not kept, not guessed at, and tells nothing of the program', async () => {
  await using web = await startWebServer();
  const { headers } = await ask(web.port, 'GET', '/stat');
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  const names = ['cache-control', 'connection', 'content-length', 'content-type', 'date', 'x-content-type-options'];
  assert.deepEqual(Object.keys(headers).sort(), names);
});

test('an access token comes in the parameters or as a bearer token, never in the URL', async () => {
  const shown: string[] = [];
  const isValidToken = (token: string) => shown.push(token) > 0 && token === TOKEN;
  const bad: string[] = [];
  const onBadToken = (client: { getIP(): string }) => void bad.push(client.getIP());
  await using web = await startWebServer({ context: { isValidToken, onBadToken } });
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  const stat = async (options: Parameters<typeof ask>[3], query = '') =>
    (await ask(web.port, 'POST', `/stat${query}`, options)).json;
  const missing = refused('Bad request (reason : Access token is required)');
  assert.deepEqual(await stat({ body: JSON.stringify({ access_token: TOKEN }) }), STATISTICS);
  assert.deepEqual(await stat(bearer(TOKEN)), STATISTICS);
  assert.deepEqual(await stat({}), missing);
  assert.deepEqual(await stat({}, `?access_token=${TOKEN}`), missing);
  assert.deepEqual(await stat({ headers: { authorization: `Basic ${TOKEN}` } }), missing);
  assert.deepEqual(await stat(bearer('short')), MALFORMED);
  assert.deepEqual(bad, []);
  const wrong = refused('Bad authentication (reason : Invalid access token)');
  assert.deepEqual(await stat(bearer('x'.repeat(124))), wrong);
  assert.deepEqual(await stat({ body: JSON.stringify({ access_token: 'y'.repeat(124) }), ...bearer(TOKEN) }), wrong);
  assert.deepEqual(bad, ['127.0.0.1', '127.0.0.1']);
  assert.ok(shown.includes('y'.repeat(124)), 'the token in the parameters is the one that counts');
  assert.ok(!JSON.stringify(web.log.entries).includes(TOKEN));
});

test('an address that is not allowed gets nothing', async () => {
  await using web = await startWebServer({ context: { isAllowed: (address) => address !== '127.0.0.1' } });
  for (const path of ['/', '/stat', '/openapi.json']) {
    const { status, json } = await ask(web.port, 'GET', path);
    assert.deepEqual(
      { status, json },
      { status: 200, json: refused('Refused request (reason : Address not allowed)') },
    );
  }
});

test('a failure of ours is an internal error without detail, and the next request is served', async () => {
  await using web = await startWebServer({
    handlers: {
      FAIL: () => {
        throw new Error('secret');
      },
      ODD: () => ok({ n: 1n }),
    },
  });
  for (const path of ['/fail', '/odd']) {
    const { status, json } = await ask(web.port, 'POST', path);
    assert.deepEqual({ status, json }, { status: 200, json: refused('Internal error') });
  }
  assert.equal(web.errors.length, 2);
  assert.deepEqual((await ask(web.port, 'POST', '/stat')).json, STATISTICS);
});

test('a request that its handler leaves without an answer ends with the connection', async () => {
  const over = () => {
    throw new RuntimeError('Closed', 'the session is over');
  };
  await using web = await startWebServer({ handlers: { MUTE: () => undefined, OVER: over } });
  for (const path of ['/mute', '/over']) await assert.rejects(ask(web.port, 'POST', path), { code: 'ECONNRESET' });
  assert.deepEqual(web.errors, []);
});

test('routines hear of requests, unknown verbs and malformed ones, and may close the client', async () => {
  const events = new EventRoutines();
  const heard: unknown[] = [];
  events.set(EVENT_REQUEST, ({ clientInstance }) => {
    heard.push([clientInstance.getIP(), clientInstance.getStoredRequest()?.verb]);
    if (clientInstance.getStoredRequest()?.verb === 'ECHO') clientInstance.closeConnection();
  });
  events.set(EVENT_UNKNOWN_VERB, ({ clientInstance }) => void heard.push(clientInstance.getID()));
  events.set(EVENT_MALFORMED_REQUEST, ({ cerberusErrorDict }) => void heard.push(Object.keys(cerberusErrorDict)));
  await using web = await startWebServer({ context: { events } });
  await ask(web.port, 'POST', '/nope');
  await ask(web.port, 'POST', '/stat', { body: '{"access_token":1}' });
  await assert.rejects(ask(web.port, 'POST', '/echo'), { code: 'ECONNRESET' });
  assert.deepEqual(heard, [['127.0.0.1', 'NOPE'], '12ca17b', ['parameters.access_token'], ['127.0.0.1', 'ECHO']]);
});

test('each request is one line in the log, without address or parameters', async () => {
  await using web = await startWebServer();
  await ask(web.port, 'POST', '/echo', { body: '{"note":"private"}' });
  const { fields } = await web.log.line('request answered');
  assert.deepEqual(fields, { client: '12ca17b', verb: 'ECHO', answer: 'OK', transport: 'http', ms: 0 });
});

test('a handler that answers by itself hears that its response was taken', async () => {
  const taken = Promise.withResolvers<boolean>();
  await using web = await startWebServer({
    handlers: {
      OWN: async ({ clientInstance }) => {
        await clientInstance.sendResponse(ok({ own: true }));
        await assert.rejects(clientInstance.sendResponse(ok()), { code: 'Refused' });
        taken.resolve(await clientInstance.confirmTaken());
        return undefined;
      },
    },
  });
  assert.deepEqual((await ask(web.port, 'POST', '/own')).json, ok({ own: true }));
  assert.equal(await taken.promise, true);
});

test('a response was not taken when the connection broke behind it', async () => {
  const sent = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<boolean>();
  await using web = await startWebServer({
    handlers: {
      OWN: async ({ clientInstance, signal }) => {
        await clientInstance.sendResponse(ok());
        const left = new Promise((resolve) => signal.addEventListener('abort', resolve));
        sent.resolve();
        await left;
        taken.resolve(await clientInstance.confirmTaken());
        return undefined;
      },
    },
  });
  const socket = await dialWeb(web.port);
  socket.write('POST /own HTTP/1.1\r\nhost: x\r\n\r\n');
  await sent.promise;
  socket.resetAndDestroy();
  assert.equal(await taken.promise, false);
});
