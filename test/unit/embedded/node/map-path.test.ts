import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { mapPath } from '../../../../src/embedded/node/preload/map-path.ts';

const view = {
  listenHost: '127.244.1.1',
  shift: false,
  keep: ['/tmp/pods/a', '/tmp/program'],
  mounts: [
    { path: '/tmp', target: '/tmp/pods/a/volumes/scratch' },
    { path: '/etc/anweddol/key', target: '/tmp/pods/a/volumes/key' },
    { path: '/etc/anweddol', target: '/tmp/pods/a/volumes/settings' },
  ],
};

test('a path below a mount is below its target; the longest mount counts', () => {
  assert.equal(mapPath(view, '/etc/anweddol/settings.json'), '/tmp/pods/a/volumes/settings/settings.json');
  assert.equal(mapPath(view, '/etc/anweddol/key/private.pem'), '/tmp/pods/a/volumes/key/private.pem');
  assert.equal(mapPath(view, '/etc/anweddol/../anweddol/key'), '/tmp/pods/a/volumes/key');
});

test('paths come as text, bytes and URLs; what is no path stays', () => {
  assert.equal(mapPath(view, Buffer.from('/tmp/x')), '/tmp/pods/a/volumes/scratch/x');
  assert.equal(mapPath(view, pathToFileURL('/tmp/x')), '/tmp/pods/a/volumes/scratch/x');
  assert.equal(mapPath(view, 3), 3);
});

test('the program and what is mapped already stay, even below a mount', () => {
  assert.equal(mapPath(view, '/tmp/program/main.js'), '/tmp/program/main.js');
  const once = mapPath(view, '/tmp/x');
  assert.equal(mapPath(view, once), once);
});

test('a name that only begins like a mount is another name', () => {
  assert.equal(mapPath(view, '/etc/anweddol-other'), '/etc/anweddol-other');
});
