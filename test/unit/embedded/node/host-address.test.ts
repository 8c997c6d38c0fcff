import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostAddress, hostPort, loopbackOf } from '../../../../src/embedded/node/host-address.ts';

test('a pod is found at the loopback address with the same last two bytes', () => {
  assert.deepEqual(hostAddress('10.244.3.17', 6150, { shift: false }), { host: '127.244.3.17', port: 6150 });
  assert.equal(loopbackOf('10.244.255.1'), '127.244.255.1');
});

test('a privileged port is shifted where this process may not listen on it', () => {
  assert.equal(hostAddress('10.244.0.9', 22, { shift: true }).port, 20_022);
  assert.equal(hostAddress('10.244.0.9', 22, { shift: false }).port, 22);
  assert.equal(hostPort(1024, { shift: true }), 1024);
  assert.equal(hostPort(0, { shift: true }), 0);
});

test('an address that is no pod stays as it is, its port too', () => {
  assert.deepEqual(hostAddress('127.0.0.1', 443, { shift: true }), { host: '127.0.0.1', port: 443 });
  assert.deepEqual(hostAddress('110.244.1.1', 22, { shift: true }), { host: '110.244.1.1', port: 22 });
});
