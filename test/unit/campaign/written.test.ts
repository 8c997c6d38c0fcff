import assert from 'node:assert/strict';
import { test } from 'node:test';
import { committed, Written } from '../../campaign/ground/written.ts';
import { type Crossing, writeOf } from '../../support/crash-proxy/crossing.ts';

const NONE = new URLSearchParams();

function crossing(method: string, path: string, status = 200): Crossing {
  return { method, path, query: NONE, userAgent: '', write: writeOf(method, path, NONE, '{}'), at: 0, status };
}

const POD = crossing('POST', '/api/v1/namespaces/n/pods');
const LEASE = crossing('PATCH', '/apis/coordination.k8s.io/v1/namespaces/n/leases/a');
const EVENT = crossing('POST', '/apis/events.k8s.io/v1/namespaces/n/events');

test('what lasts, Leases and Events are counted apart, and nobody is crashed at an Event', () => {
  const written = new Written();
  const keys = [POD, LEASE, EVENT].map((one) => written.take('operator', one));
  assert.deepEqual(keys.map(Boolean), [true, true, false]);
  assert.deepEqual(
    [written.writes, written.leases, written.events].map(({ length }) => length),
    [1, 1, 1],
  );
  written.countAnew();
  assert.deepEqual(
    [written.writes, written.leases, written.events, written.all].map(({ length }) => length),
    [0, 0, 0, 1],
  );
});

test('a reading is no write', () => {
  assert.equal(new Written().take('operator', crossing('GET', '/api/v1/namespaces/n/pods')), undefined);
});

test('what was refused has changed nothing', () => {
  const written = new Written();
  written.take('server', crossing('POST', '/api/v1/namespaces/n/pods', 409));
  written.take('server', POD);
  assert.deepEqual(committed(written.writes), ['server/create/pods/*#2']);
});
