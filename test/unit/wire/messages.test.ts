import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MalformedMessage } from '../../../src/wire/errors.ts';
import { jsonText } from '../../../src/wire/json-text.ts';
import { parseContainerKey, parseRequest } from '../../../src/wire/request.ts';
import { createdContainer, parseResponse, statistics, withReason } from '../../../src/wire/response.ts';

const uuid = '123e4567-e89b-42d3-a456-426614174000';
const token = 'Ab0-_'.repeat(51);

test('JSON has a space after commas and colons, and ASCII only', () => {
  assert.equal(
    jsonText({ a: [1, 'é\n"\u007f😀'], b: {}, c: undefined, d: null }),
    '{"a": [1, "\\u00e9\\n\\"\\u007f\\ud83d\\ude00"], "b": {}, "d": null}',
  );
});

test('what is written as JSON is read as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = jsonText(value);
      assert.match(text, /^[\x20-\x7e]*$/);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a request may carry more than the protocol knows, and keeps it', () => {
  const request = { verb: 'DANCE', parameters: { tempo: 120 }, also: true };
  assert.deepEqual(parseRequest(request), request);
});

/** What is wrong, by field. */
function errorsOf(message: unknown): Record<string, string[]> {
  try {
    parseRequest(message);
  } catch (error) {
    assert.ok(error instanceof MalformedMessage);
    assert.equal(error.code, 'MalformedRequest');
    return error.errors;
  }
  assert.fail('the request was accepted');
}

const malformed: [request: unknown, fields: string[]][] = [
  [null, ['']],
  [[], ['']],
  ['STAT', ['']],
  [{}, ['verb', 'parameters']],
  [{ verb: 'stat', parameters: {} }, ['verb']],
  [{ verb: 'STAT\n', parameters: {} }, ['verb']],
  [{ verb: 1, parameters: [] }, ['verb', 'parameters']],
  [{ verb: 'DESTROY', parameters: { container_uuid: uuid } }, ['parameters.client_token']],
  [{ verb: 'DESTROY', parameters: { client_token: token } }, ['parameters.container_uuid']],
  [
    { verb: 'DESTROY', parameters: { container_uuid: uuid.toUpperCase(), client_token: token } },
    ['parameters.container_uuid'],
  ],
  [{ verb: 'DESTROY', parameters: { container_uuid: uuid, client_token: `${token}x` } }, ['parameters.client_token']],
  [{ verb: 'CREATE', parameters: { access_token: 'short' } }, ['parameters.access_token']],
];
for (const [request, fields] of malformed) {
  test(`the request ${JSON.stringify(request).slice(0, 60)} is malformed in ${fields.join(' and ') || 'whole'}`, () => {
    const errors = errorsOf(request);
    assert.deepEqual(Object.keys(errors), fields);
    for (const messages of Object.values(errors))
      assert.ok(messages.length > 0 && messages.every((text) => typeof text === 'string'));
  });
}

test('no value of a request is in the error', () => {
  assert.equal(
    JSON.stringify(
      errorsOf({ verb: 'DESTROY', parameters: { container_uuid: uuid, client_token: 'SECRET' } }),
    ).includes('SECRET'),
    false,
  );
});

test('destroying needs both halves of the key', () => {
  assert.deepEqual(parseContainerKey({ container_uuid: uuid, client_token: token, more: 1 }), {
    container_uuid: uuid,
    client_token: token,
  });
  assert.throws(() => parseContainerKey({}), { code: 'MalformedRequest' });
});

test('a reason is appended to the message', () => {
  assert.equal(withReason('Refused request', 'x'), 'Refused request (reason : x)');
  assert.equal(withReason('OK'), 'OK');
});

test('responses, statistics and credentials are checked', () => {
  const container = {
    container_uuid: uuid,
    client_token: token,
    container_iso_sha256: '5f'.repeat(32),
    container_username: 'user_31415',
    container_password: 'aB3'.repeat(40),
    container_listen_port: 10022,
  };
  assert.deepEqual(createdContainer(container), container);
  assert.deepEqual(statistics({ version: '4.1.4', uptime: 1 }), { version: '4.1.4', uptime: 1 });
  assert.equal(statistics({ version: '4.1.4', uptime: 1, available: 'nolimit' }).available, 'nolimit');
  assert.deepEqual(parseResponse({ success: true, message: 'OK', data: {} }), {
    success: true,
    message: 'OK',
    data: {},
  });
  for (const bad of [
    { ...container, container_listen_port: 0 },
    { ...container, container_username: '-oProxyCommand=x' },
    {},
  ]) {
    assert.throws(() => createdContainer(bad), { code: 'MalformedResponse' });
  }
  assert.throws(() => parseResponse({ success: 'yes', message: 'OK', data: {} }), { code: 'MalformedResponse' });
  assert.throws(() => statistics({ uptime: -1 }), { code: 'MalformedResponse' });
});
