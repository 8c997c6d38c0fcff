import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapConnect, mapListen } from '../../../../src/embedded/node/preload/map-addresses.ts';

const view = { listenHost: '127.244.1.2', shift: true, keep: [], mounts: [] };
const callback = () => undefined;

test('every way to listen ends at the address of the pod', () => {
  assert.deepEqual(mapListen(view, [6150]), [6150, '127.244.1.2']);
  assert.deepEqual(mapListen(view, ['6150', '0.0.0.0', 511, callback]), [6150, '127.244.1.2', 511, callback]);
  assert.deepEqual(mapListen(view, [6150, callback]), [6150, '127.244.1.2', callback]);
  assert.deepEqual(mapListen(view, [443]), [20_443, '127.244.1.2']);
  assert.deepEqual(mapListen(view, []), [0, '127.244.1.2']);
  assert.deepEqual(mapListen(view, [callback]), [0, '127.244.1.2', callback]);
  assert.deepEqual(mapListen(view, [{ port: 80, host: '::', backlog: 9 }, callback]), [
    { port: 20_080, host: '127.244.1.2', backlog: 9 },
    callback,
  ]);
});

test('a server on a local path stays there', () => {
  assert.deepEqual(mapListen(view, ['/run/x.sock']), ['/run/x.sock']);
  assert.deepEqual(mapListen(view, [{ path: '/run/x.sock' }]), [{ path: '/run/x.sock' }]);
});

test('a connection to a pod goes to where it is, any other stays', () => {
  assert.deepEqual(mapConnect(view, [22, '10.244.9.8', callback]), [20_022, '127.244.9.8', callback]);
  assert.deepEqual(mapConnect(view, [{ host: '10.244.9.8', port: 6150 }]), [{ host: '127.244.9.8', port: 6150 }]);
  assert.deepEqual(mapConnect(view, [{ host: '127.0.0.1', port: 443 }]), [{ host: '127.0.0.1', port: 443 }]);
  assert.deepEqual(mapConnect(view, [{ path: '/run/x.sock' }]), [{ path: '/run/x.sock' }]);
});
