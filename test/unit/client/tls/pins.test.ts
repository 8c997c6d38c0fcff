import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertPinned, formatPin, parsePin } from '../../../../src/client/tls/pins.ts';

const hex = createHash('sha256').update('a key').digest('hex');
const other = createHash('sha256').update('another key').digest('hex');
const padded = Buffer.from(hex, 'hex').toString('base64');
const bare = padded.slice(0, -1);

test('a pin is taken in every form that other programs print', () => {
  const forms = [
    `SHA256:${bare}`,
    `SHA256:${padded}`,
    `sha256//${padded}`,
    `sha256//${bare}`,
    `sha256:${hex}`,
    `SHA256:${hex.toUpperCase()}`,
    hex,
    hex.toUpperCase(),
  ];
  for (const form of forms) assert.equal(parsePin(form), hex, form);
});

test('a pin is written as ssh-keygen writes fingerprints', () => {
  assert.equal(formatPin(hex), `SHA256:${bare}`);
});

test('every fingerprint comes back from its written form', () => {
  const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
  fc.assert(fc.property(digests, (digest) => assert.equal(parsePin(formatPin(digest)), digest)));
});

test('what is no pin is refused with the forms there are', () => {
  const beyond = `${bare.slice(0, -1)}${String.fromCharCode(bare.charCodeAt(42) + 1)}`;
  const wrong = ['', 'SHA256:', hex.slice(1), `${hex}0`, `SHA1:${hex}`, bare, `SHA256:${bare}==`, `sha256//${hex}`];
  for (const text of [...wrong, `MD5:${bare}`, ` ${hex}`, `${hex}\n`, `SHA256:${beyond}`]) {
    const message =
      'not a fingerprint of a public key: it has to be SHA256:<base64>, sha256//<base64>, sha256:<hex> or 64 hex digits';
    assert.throws(() => parsePin(text), { name: 'ValueError', code: 'BadPin', message }, text);
  }
});

test('a key whose fingerprint is one of those expected is good', () => {
  assertPinned(hex, [hex], 'RSA key');
  assertPinned(hex, [other, hex], 'TLS certificate');
});

test('a key with another fingerprint is refused, with both fingerprints', () => {
  const message = `the server's RSA key has the fingerprint SHA256:${bare}, expected is ${formatPin(other)}`;
  assert.throws(() => assertPinned(hex, [other], 'RSA key'), { name: 'RuntimeError', code: 'PinMismatch', message });
});

test('no key is good where none is expected', () => {
  assert.throws(() => assertPinned(hex, [], 'TLS certificate'), { code: 'PinMismatch' });
});
