import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import {
  bytesOf,
  fixedRandom,
  keyFrames,
  openResponse,
  replyBytesOf,
  requestFrames,
} from '../../support/client-frames.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { framedKeys, sayAll } from '../../support/scripted-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const [rsaWrapper, clientRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);
const exchange = keyFrames({ ...framedKeys(clientRsa, rsaWrapper), order: 'client' });
const log = new RecordedLog();
const backend = new MemoryContainerBackend();
const server = await startTestServer({ rsaWrapper, backend, log, randomBytes: fixedRandom });
const guarded = await startTestServer({
  rsaWrapper,
  log,
  randomBytes: fixedRandom,
  accessTokens: { isValid: (token) => token === 'g'.repeat(124) },
});
after(async () => {
  await server.stopServer();
  await guarded.stopServer();
});

const UUID = '123e4567-e89b-42d3-a456-426614174000';
const TOKEN = 'Ab0-_'.repeat(51);
backend.put(UUID, TOKEN);

const OK = 'OK';
const MALFORMED = 'Bad request (reason : Malformed request)';
const UNHANDLED = 'Bad request (reason : Unhandled verb)';
const BAD_AUTHENTICATION = 'Bad authentication';
/** No answer at all: an answer would tell what is wrong with what was encrypted. */
const CLOSED = 'closed';

const stat = (parameters: string, more = '') => `{"verb":"STAT","parameters":${parameters}${more}}`;
const verb = (text: string) => `{"verb":${text},"parameters":{}}`;
const destroy = (uuid: string, token: string) =>
  `{"verb":"DESTROY","parameters":{"container_uuid":${uuid},"client_token":${token}}}`;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const quoted = (text: string) => JSON.stringify(text);

const rows: [what: string, request: string | Buffer, answer: string][] = [
  ['null', 'null', MALFORMED],
  ['a list', '[]', MALFORMED],
  ['a text', '"STAT"', MALFORMED],
  ['a number', '1', MALFORMED],
  ['an empty object', '{}', MALFORMED],
  ['no verb', '{"parameters":{}}', MALFORMED],
  ['no parameters', '{"verb":"STAT"}', MALFORMED],
  ['a verb in small letters', verb('"stat"'), MALFORMED],
  ['a verb with a line feed after it', verb('"STAT\\n"'), MALFORMED],
  ['a verb with a space before it', verb('" STAT"'), MALFORMED],
  ['an empty verb', verb('""'), MALFORMED],
  ['a verb with a digit', verb('"STAT2"'), MALFORMED],
  ['a verb that is not ASCII', verb('"ÉTAT"'), MALFORMED],
  ['a verb that is a number', verb('1'), MALFORMED],
  ['a verb that is a list of one verb', verb('["STAT"]'), MALFORMED],
  ['a verb with NUL in it', verb('"ST\\u0000AT"'), MALFORMED],
  ['a verb that nobody serves', verb('"DANCE"'), UNHANDLED],
  ['a verb that every object has', verb('"CONSTRUCTOR"'), UNHANDLED],
  ['a verb of 15,000 letters', verb(quoted('A'.repeat(15_000))), UNHANDLED],
  ['parameters that are null', stat('null'), MALFORMED],
  ['parameters that are a list', stat('[]'), MALFORMED],
  ['parameters that are a text', stat('"{}"'), MALFORMED],
  ['lists 14 deep in the parameters', stat(`{"a":${nested(14)}}`), OK],
  ['lists 15 deep in the parameters', stat(`{"a":${nested(15)}}`), MALFORMED],
  ['lists 8,000 deep', stat(`{"a":${nested(8_000)}}`), MALFORMED],
  ['objects 2,500 deep', stat(`{"a":${'{"a":'.repeat(2_500)}1${'}'.repeat(2_500)}}`), MALFORMED],
  ['nothing but lists 8,000 deep', nested(8_000), MALFORMED],
  ['a list of 7,000 numbers', stat(`{"a":[${'1,'.repeat(6_999)}1]}`), OK],
  ['1,500 unknown parameters', stat(`{${Array.from({ length: 1_500 }, (_, index) => `"k${index}":0`).join()}}`), OK],
  ['unknown keys everywhere', stat('{"also":{"this":[1]}}', ',"and":"that"'), OK],
  ['a verb given twice, the last unknown', '{"verb":"STAT","verb":"DANCE","parameters":{}}', UNHANDLED],
  ['a verb given twice, the first unknown', '{"verb":"DANCE","verb":"STAT","parameters":{}}', OK],
  ['a prototype as a key', stat('{}', ',"__proto__":{"verb":"DANCE"}'), OK],
  ['a prototype as a parameter', stat('{"__proto__":{"access_token":[]}}'), OK],
  ['a prototype that is no object', stat('{"__proto__":1}'), OK],
  ['a constructor as a parameter', stat('{"constructor":{"prototype":{"a":1}}}'), OK],
  ['parameters that are nothing but a prototype', '{"verb":"STAT","__proto__":{"parameters":{}}}', MALFORMED],
  ['names of methods as parameters', stat('{"toString":null,"valueOf":null,"hasOwnProperty":1,"toJSON":2}'), OK],
  ['a number beyond all', stat('{"a":1e999,"b":-1e999}'), OK],
  ['a number of 5,000 digits', stat(`{"a":${'9'.repeat(5_000)}}`), OK],
  ['minus zero', stat('{"a":-0}'), OK],
  ['NaN', stat('{"a":NaN}'), CLOSED],
  ['Infinity', stat('{"a":Infinity}'), CLOSED],
  ['a number in hex', stat('{"a":0x10}'), CLOSED],
  ['a number with a leading zero', stat('{"a":010}'), CLOSED],
  ['half a surrogate pair, escaped', stat('{"a":"\\ud800"}'), OK],
  ['NUL, escaped', stat('{"a":"\\u0000"}'), OK],
  ['NUL in a text', stat('{"a":"\0"}'), CLOSED],
  ['NUL after the end', `${stat('{}')}\0`, CLOSED],
  ['a line feed in a text', stat('{"a":"\n"}'), CLOSED],
  ['white space around', `\r\n\t ${stat('{}')} \n`, OK],
  ['a byte order mark', `\ufeff${stat('{}')}`, OK],
  ['a byte that is not UTF-8', Buffer.from(stat('{"a":"\xff"}'), 'latin1'), CLOSED],
  ['an overlong form', Buffer.from(stat('{"a":"\xc0\x80"}'), 'latin1'), CLOSED],
  ['half a surrogate pair in UTF-8', Buffer.from(stat('{"a":"\xed\xa0\x80"}'), 'latin1'), CLOSED],
  ['a character that is not whole', Buffer.from(stat('{"a":"\xe2\x82"}'), 'latin1'), CLOSED],
  ['UTF-16', Buffer.from(stat('{}'), 'utf16le'), CLOSED],
  ['nothing', '', CLOSED],
  ['white space', '    ', CLOSED],
  ['half an object', '{"verb":"STAT","parameters":{', CLOSED],
  ['two objects', `${stat('{}')}${stat('{}')}`, CLOSED],
  ['a comma too many', '{"verb":"STAT","parameters":{},}', CLOSED],
  ['single quotes', "{'verb':'STAT','parameters':{}}", CLOSED],
  ['a comment', `${stat('{}')}// hello`, CLOSED],
  ['noise', Buffer.from('9f8e7d6c5b4a39281706f5e4d3c2b1a0', 'hex'), CLOSED],
  ['DESTROY without what to destroy', '{"verb":"DESTROY","parameters":{}}', MALFORMED],
  ['a container without a token', `{"verb":"DESTROY","parameters":{"container_uuid":"${UUID}"}}`, MALFORMED],
  ['a token without a container', `{"verb":"DESTROY","parameters":{"client_token":"${TOKEN}"}}`, MALFORMED],
  ['a container in capital letters', destroy(quoted(UUID.toUpperCase()), quoted(TOKEN)), MALFORMED],
  ['a container with a line feed', destroy(quoted(`${UUID}\n`), quoted(TOKEN)), MALFORMED],
  ['a container that is no text', destroy(`[${quoted(UUID)}]`, quoted(TOKEN)), MALFORMED],
  ['a token of 254 characters', destroy(quoted(UUID), quoted(TOKEN.slice(1))), MALFORMED],
  ['a token of 256 characters', destroy(quoted(UUID), quoted(`${TOKEN}x`)), MALFORMED],
  ['a token with other characters', destroy(quoted(UUID), quoted(`${TOKEN.slice(1)}+`)), MALFORMED],
  ['a token that is null', destroy(quoted(UUID), 'null'), MALFORMED],
  ['half a key where none is asked for', stat(`{"container_uuid":"${UUID}"}`), MALFORMED],
  ['a wrong token', destroy(quoted(UUID), quoted('x'.repeat(255))), BAD_AUTHENTICATION],
  ['a token that is nearly right', destroy(quoted(UUID), quoted(`${TOKEN.slice(1)}x`)), BAD_AUTHENTICATION],
  ['an unknown container', destroy(quoted(UUID.replace('1', '2')), quoted(TOKEN)), BAD_AUTHENTICATION],
  ['an access token of another form', stat('{"access_token":"short"}'), MALFORMED],
  ['an access token that is a list', stat(`{"access_token":["${'g'.repeat(124)}"]}`), MALFORMED],
  ['an access token where none is asked for', stat(`{"access_token":"${'x'.repeat(124)}"}`), OK],
];

async function answerTo(port: number, request: string | Buffer): Promise<string> {
  // The last is the one with which released clients come.
  const generation = GENERATIONS[3];
  const said = await sayAll(port, bytesOf([...exchange, ...requestFrames(request, generation)]));
  const start = replyBytesOf(exchange, 'client');
  assert.equal(said.subarray(start, start + 1).toString(), '1');
  return said.length === start + 1 ? CLOSED : openResponse(said.subarray(start + 1), generation).message;
}

for (const [what, request, answer] of rows) {
  test(`a request: ${what} gets ${answer === CLOSED ? 'no answer' : `"${answer}"`}`, async () => {
    assert.equal(await answerTo(server.getListenPort(), request), answer);
  });
}

const TOKEN_REQUIRED = 'Bad request (reason : Access token is required)';
const INVALID_TOKEN = 'Bad authentication (reason : Invalid access token)';
const guardedRows: typeof rows = [
  ['no access token', stat('{}'), TOKEN_REQUIRED],
  ['an access token in the wrong place', stat('{}', `,"access_token":"${'g'.repeat(124)}"`), TOKEN_REQUIRED],
  ['an access token in a prototype', stat(`{"__proto__":{"access_token":"${'g'.repeat(124)}"}}`), TOKEN_REQUIRED],
  [
    'a list of access tokens in a prototype',
    stat(`{"__proto__":{"access_token":["${'g'.repeat(124)}"]}}`),
    TOKEN_REQUIRED,
  ],
  ['an access token that is null', stat('{"access_token":null}'), MALFORMED],
  ['an unknown access token', stat(`{"access_token":"${'x'.repeat(124)}"}`), INVALID_TOKEN],
  ['an unknown verb without an access token', verb('"DANCE"'), TOKEN_REQUIRED],
  ['a malformed request without an access token', verb('"dance"'), MALFORMED],
  ['the right access token', stat(`{"access_token":"${'g'.repeat(124)}"}`), OK],
];
for (const [what, request, answer] of guardedRows) {
  test(`a request that needs an access token: ${what} gets "${answer}"`, async () => {
    assert.equal(await answerTo(guarded.getListenPort(), request), answer);
  });
}

test("none of them was the server's own fault, and none was waited for in vain", () => {
  assert.equal(server.getRuntimeStatistics()[1] + guarded.getRuntimeStatistics()[1], 0);
  assert.equal(backend.containers.size, 1);
  const codes = new Set(log.entries.map(({ fields }) => fields.code).filter((code) => code !== undefined));
  assert.deepEqual([...codes], ['BadMessage']);
});
