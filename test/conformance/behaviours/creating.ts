import assert from 'node:assert/strict';
import { chapter } from '../behaviour.ts';

export const creating = chapter('creating', {
  'gives a new object a uid, a version and a time of creation': async ({ admin, namespace }) => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const { code, body } = await admin.post(path, { metadata: { name: 'one' }, data: { a: 'b' } });
    assert.equal(code, 201);
    assert.match(body.metadata.uid, /^[0-9a-f-]{36}$/);
    assert.match(body.metadata.resourceVersion, /^\d+$/);
    assert.match(body.metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  },
});
