import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitFaults, outputFaults } from '../../campaign/oracles/output.ts';
import { readableTexts, secretsIn, toldSecrets } from '../../campaign/oracles/secrecy.ts';
import { version } from './objects.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('a secret in a log, an Event or a status is found', () => {
  const secret = version('ADDED', { kind: 'Secret', name: 'a', data: { password: base64('correct horse battery') } });
  const event = version('ADDED', { kind: 'Event', name: 'b', status: { note: 'it is correct horse battery' } });
  const secrets = secretsIn([secret]);
  assert.deepEqual(toldSecrets(readableTexts([secret, event]), secrets), ['Event tells a secret (cor…)']);
  assert.deepEqual(toldSecrets(new Map([['a log', 'nothing']]), secrets), []);
});

test('a line of a private key is enough', () => {
  const lines = [
    '-----BEGIN PRIVATE KEY-----',
    'MIIaaaaaaaaaaaaaa',
    'bbbbbbbbbbbbbbbbbb',
    'cccccccccccccccccc',
    '-----END PRIVATE KEY-----',
  ];
  const secret = version('ADDED', { kind: 'Secret', name: 'key', data: { 'private.pem': base64(lines.join('\n')) } });
  const told = toldSecrets(new Map([['a log', JSON.stringify({ pem: lines.join('\n') })]]), secretsIn([secret]));
  assert.deepEqual(told, ['a log tells a secret (bbb…)']);
});

test('what Secrets hold that is public is no secret', () => {
  const secret = version('ADDED', {
    kind: 'Secret',
    name: 'key',
    data: { 'public.pem': base64('a public key is for all') },
  });
  assert.deepEqual([...secretsIn([secret])], []);
});

test('a rejection that nobody handled is found', () => {
  const output = '{"msg":"leading"}\n[UnhandledPromiseRejection: no]\n';
  assert.deepEqual(outputFaults('the operator', output), ['the operator wrote: [UnhandledPromiseRejection: no]']);
  assert.deepEqual(outputFaults('the operator', '{"msg":"leading"}\n'), []);
});

test('a server pod that ends by itself is found, and one that was killed is not', () => {
  const pod = (exitCode: number) =>
    version('MODIFIED', {
      kind: 'Pod',
      name: 'lab-1',
      owner: { kind: 'ReplicaSet', name: 'lab' },
      status: { containerStatuses: [{ lastState: { terminated: { exitCode } } }] },
    });
  assert.deepEqual(exitFaults([pod(137)]), []);
  assert.deepEqual(exitFaults([pod(1)]), ['a server pod ended with 1']);
});
