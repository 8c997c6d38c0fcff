import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { test } from 'node:test';
import * as z from 'zod';
import { badAuthentication, unavailable } from '../../../../src/server/answer.ts';
import type { RequestHandler } from '../../../../src/server/request-handler.ts';
import { parseContainerKey, parseRequest } from '../../../../src/wire/request.ts';
import { createdContainer, statistics } from '../../../../src/wire/response.ts';
import { ask, converse, ok, responsesIn, startWebServer } from './fixture.ts';

type Json = Record<string, unknown>;
interface Content {
  content: { 'application/json': { schema: Json } };
}
interface Operation {
  responses: Record<string, Content>;
  requestBody?: Content & { required: boolean };
  security?: Json[];
}
interface Description {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Json };
}

const created = () => ({
  container_uuid: randomUUID(),
  client_token: 'Tk-_'.repeat(64).slice(0, 255),
  container_iso_sha256: '5f'.repeat(32),
  container_username: `user_${randomInt(10_000, 90_001)}`,
  container_password: 'aZ9'.repeat(40),
  container_listen_port: 10_022,
  container_host_key_sha256: `SHA256:${'a'.repeat(43)}`,
});

let full = false;
const handlers: Record<string, RequestHandler> = {
  CREATE: () => (full ? unavailable() : ok(created())),
  DESTROY: ({ request }) =>
    parseContainerKey(request.parameters).client_token.startsWith('T') ? ok() : badAuthentication(),
  HELLO: () => ({ success: true, message: 'Hello', data: { to: 'you' } }),
};

async function describe(port: number): Promise<Description> {
  return (await ask(port, 'GET', '/openapi.json')).json as Description;
}

/** A check of the schema, references followed. */
function validatorOf(description: Description, { content }: Content): z.ZodType {
  const { dependentRequired, ...schema } = content['application/json'].schema;
  const document = { $defs: description.components.schemas, ...schema };
  const text = JSON.stringify(document).replaceAll('#/components/schemas/', '#/$defs/');
  const pairs = Object.entries((dependentRequired ?? {}) as Record<string, string[]>);
  return z
    .fromJSONSchema(JSON.parse(text))
    .refine((value) =>
      pairs.every(([name, others]) => !hasField(value, name) || others.every((o) => hasField(value, o))),
    );
}

const hasField = (value: unknown, name: string) => typeof value === 'object' && value !== null && name in value;

test('every path of the description is served as it says, and every verb has one', async () => {
  await using web = await startWebServer({ handlers });
  const description = await describe(web.port);
  assert.match(description.openapi, /^3\.1\./);
  const paths = ['/', '/create', '/destroy', '/echo', '/hello', '/openapi.json', '/stat'];
  assert.deepEqual(Object.keys(description.paths).sort(), paths);
  const bodies = [
    '',
    '{',
    JSON.stringify({ container_uuid: randomUUID(), client_token: 'T'.repeat(255) }),
    JSON.stringify({ container_uuid: randomUUID(), client_token: 'x'.repeat(255) }),
    JSON.stringify({ container_uuid: 1 }),
    'x'.repeat(20_000),
  ];
  const seen = new Set<string>();
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      for (full of [false, true]) {
        for (const body of bodies) {
          const { status, json } = await ask(web.port, method.toUpperCase(), path, { body });
          const documented = responses[status];
          assert.ok(documented, `${method} ${path} answers with ${status}`);
          const checked = validatorOf(description, documented).safeParse(json);
          assert.ok(checked.success, `${method} ${path}: ${JSON.stringify(json)} ${checked.error}`);
          seen.add(`${path} ${status} ${(json as Json).success ?? 'document'}`);
        }
      }
    }
  }
  for (const path of ['/create', '/destroy', '/stat', '/hello']) {
    assert.deepEqual(
      [seen.has(`${path} 200 true`), seen.has(`${path} 200 false`), seen.has(`${path} 413 false`)],
      [true, true, true],
    );
  }
});

test('the description would not do for other answers', async () => {
  await using web = await startWebServer({ handlers });
  const description = await describe(web.port);
  const accepts = (path: string, value: unknown) => {
    const answer = description.paths[path]?.get?.responses['200'];
    assert.ok(answer);
    return validatorOf(description, answer).safeParse(value).success;
  };
  assert.equal(accepts('/stat', ok({ version: '1', uptime: 1, available: 1 })), true);
  assert.equal(accepts('/stat', ok({ version: '1', uptime: 1 })), false);
  assert.equal(accepts('/stat', { success: true, message: 'OK' }), false);
  assert.equal(accepts('/create', ok(created())), true);
  assert.equal(accepts('/create', ok({ ...created(), container_username: 'root' })), false);
  assert.equal(accepts('/create', ok()), false);
  assert.equal(accepts('/', ok({ links: 'none' })), false);
});

test('faults of HTTP are as the description says', async () => {
  await using web = await startWebServer();
  const { paths, components } = await describe(web.port);
  const description = { openapi: '', paths, components };
  for (const [status, bytes] of Object.entries({
    400: 'x\r\n\r\n',
    413: 'GET /stat HTTP/1.1\r\nhost: x\r\ncontent-length: 9999999\r\n\r\n',
    431: `GET /stat HTTP/1.1\r\nhost: ${'x'.repeat(9_000)}\r\n\r\n`,
  })) {
    const documented = paths['/stat']?.get?.responses[status];
    assert.ok(documented);
    const [answer] = responsesIn(await converse(web.port, bytes));
    assert.ok(validatorOf(description, documented).safeParse(answer).success);
  }
});

test('parameters that the description allows are those that are taken', async () => {
  await using web = await startWebServer({ handlers });
  const description = await describe(web.port);
  const key = { container_uuid: randomUUID(), client_token: 'x'.repeat(255) };
  const samples: Json[] = [
    {},
    { other: [1] },
    key,
    { container_uuid: key.container_uuid },
    { client_token: key.client_token },
    { ...key, container_uuid: key.container_uuid.toUpperCase() },
    { ...key, client_token: 'x'.repeat(254) },
    { ...key, client_token: `${'x'.repeat(254)}\n` },
    { access_token: 'x'.repeat(124) },
    { access_token: 'x'.repeat(123) },
    { access_token: `${'x'.repeat(123)}+` },
    { access_token: 1 },
  ];
  const taken = (step: () => unknown) => {
    try {
      step();
      return true;
    } catch {
      return false;
    }
  };
  const bodyOf = (path: string) => {
    const body = description.paths[path]?.post?.requestBody;
    assert.ok(body);
    return body;
  };
  for (const parameters of samples) {
    const stat = validatorOf(description, bodyOf('/stat')).safeParse(parameters).success;
    assert.equal(
      stat,
      taken(() => parseRequest({ verb: 'STAT', parameters })),
      JSON.stringify(parameters),
    );
    const destroy = validatorOf(description, bodyOf('/destroy')).safeParse(parameters).success;
    assert.equal(destroy, stat && taken(() => parseContainerKey(parameters)), JSON.stringify(parameters));
  }
  assert.deepEqual([bodyOf('/stat').required, bodyOf('/destroy').required], [false, true]);
});

test('what is described is what a client takes', () => {
  assert.ok(createdContainer(created()));
  assert.ok(statistics({ version: '1', uptime: 0, available: 0 }));
});

test('the description follows the verbs that are served, and says whether a token is asked for', async () => {
  const verbs = ['STAT', 'GONE', 'odd'];
  await using web = await startWebServer({ verbs: () => verbs, context: { isValidToken: () => true } });
  assert.deepEqual(Object.keys((await describe(web.port)).paths), ['/', '/openapi.json', '/stat']);
  verbs.push('ECHO');
  const { paths } = await describe(web.port);
  assert.deepEqual(Object.keys(paths), ['/', '/openapi.json', '/echo', '/stat']);
  assert.deepEqual(paths['/stat']?.post?.security, [{ accessToken: [] }, {}]);
});
