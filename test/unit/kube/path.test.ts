import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { collectionPath, objectPath } from '../../../src/kube/path.ts';
import { Deployment, Namespace, Pod } from '../../../src/kube/resources.ts';

test('paths of the core group, of other groups, and of what has no namespace', () => {
  const name = { namespace: 'lab', name: 'a' };
  assert.equal(objectPath(Pod, name), '/api/v1/namespaces/lab/pods/a');
  assert.equal(objectPath(Deployment, name, 'status'), '/apis/apps/v1/namespaces/lab/deployments/a/status');
  assert.equal(objectPath(Namespace, { name: 'lab' }), '/api/v1/namespaces/lab');
  assert.equal(collectionPath(Pod, undefined), '/api/v1/pods');
  assert.equal(
    collectionPath(Pod, 'lab', { limit: 2, force: false, absent: undefined }),
    '/api/v1/namespaces/lab/pods?limit=2&force=false',
  );
});

test('a name can neither leave its place in the path nor add a query', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (name) => {
      fc.pre(name !== '.' && name !== '..' && name.isWellFormed());
      const url = new URL(objectPath(Pod, { namespace: 'lab', name }), 'http://server');
      assert.deepEqual([url.search, url.hash], ['', '']);
      assert.equal(decodeURIComponent(url.pathname.split('/').slice(6).join('/')), name);
      assert.equal(url.pathname.split('/').length, 7);
    }),
  );
});

test('what is no name is refused', () => {
  for (const name of ['', '.', '..']) assert.throws(() => objectPath(Pod, { namespace: 'lab', name }), TypeError);
  assert.throws(() => objectPath(Pod, { name: 'a' }), { message: 'Pod a has no namespace' });
});
