import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Api, CONFIG_MAPS, configMap } from './api-fixture.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

function deployment(name: string): object {
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ name: 'one', image: 'x:1', env: [{ name: 'A', value: '1' }] }] },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: { matchLabels: { a: 'b' } }, template },
  };
}

describe('patches', () => {
  let api: Api;
  before(async () => {
    api = await Api.start();
  });
  after(() => api.close());

  test('of two JSON patches that test the same label, one is refused', async () => {
    await api.post(CONFIG_MAPS, configMap('warm', { metadata: { name: 'warm', labels: { 't.io/state': 'warm' } } }));
    const claim = [
      { op: 'test', path: '/metadata/labels/t.io~1state', value: 'warm' },
      { op: 'replace', path: '/metadata/labels/t.io~1state', value: 'claimed' },
    ];
    const replies = await Promise.all([1, 2].map(() => api.patch(`${CONFIG_MAPS}/warm`, 'json', claim)));
    assert.deepEqual(replies.map(({ code }) => code).sort(), [200, 422]);
    const refused = replies.find(({ code }) => code === 422);
    assert.deepEqual(
      [refused?.body.reason, refused?.body.message],
      ['Invalid', 'the server rejected our request due to an error in our request'],
    );
  });

  test('a merge patch merges and removes', async () => {
    await api.post(CONFIG_MAPS, configMap('merged', { data: { a: '1', b: '2' } }));
    const { body } = await api.patch(`${CONFIG_MAPS}/merged`, 'merge', { data: { a: null, c: '3' } });
    assert.deepEqual(body.data as unknown, { b: '2', c: '3' });
  });

  test('a strategic merge patch merges lists by their keys', async () => {
    await api.post(DEPLOYMENTS, deployment('strategic'));
    const containers = [
      { name: 'one', env: [{ name: 'B', value: '2' }] },
      { name: 'two', image: 'y:1' },
    ];
    const { body } = await api.patch(`${DEPLOYMENTS}/strategic`, 'strategic', {
      spec: { template: { spec: { containers } } },
    });
    const result = body.spec.template.spec.containers;
    assert.deepEqual(result.map(({ name, image }) => [name, image]).sort(), [
      ['one', 'x:1'],
      ['two', 'y:1'],
    ]);
    assert.deepEqual(
      result.find(({ name }) => name === 'one')?.env.map(({ name }) => name),
      ['B', 'A'],
    );
  });

  test('a strategic merge patch deletes items and keeps only named keys', async () => {
    await api.post(DEPLOYMENTS, deployment('directives'));
    const env = [{ name: 'A', $patch: 'delete' }];
    const { body } = await api.patch(`${DEPLOYMENTS}/directives`, 'strategic', {
      spec: {
        strategy: { $retainKeys: ['type'], type: 'Recreate' },
        template: { spec: { containers: [{ name: 'one', env }] } },
      },
    });
    assert.deepEqual(body.spec.strategy as unknown, { type: 'Recreate' });
    assert.equal(body.spec.template.spec.containers[0]?.env, undefined);
  });

  test('a patch in an unknown format is refused', async () => {
    await api.post(CONFIG_MAPS, configMap('format'));
    const { code, body } = await api.call('PATCH', `${CONFIG_MAPS}/format`, { data: {} });
    assert.deepEqual([code, body.reason], [415, 'UnsupportedMediaType']);
  });

  test('a patch that leaves no object of the kind is invalid', async () => {
    await api.post(CONFIG_MAPS, configMap('broken'));
    const { code, body } = await api.patch(`${CONFIG_MAPS}/broken?fieldValidation=Strict`, 'merge', { zork: 1 });
    assert.deepEqual([code, body.reason, body.details.causes[0]?.field], [422, 'Invalid', 'patch']);
    assert.match(body.message, /strict decoding error: unknown field "zork"/);
  });

  test('a patch may not change the name', async () => {
    await api.post(CONFIG_MAPS, configMap('named'));
    const { code } = await api.patch(`${CONFIG_MAPS}/named`, 'merge', { metadata: { name: 'other' } });
    assert.equal(code, 400);
  });

  test('the generation counts changes of the spec, not of the status', async () => {
    await api.post(DEPLOYMENTS, deployment('counted'));
    const scaled = await api.patch(`${DEPLOYMENTS}/counted/scale`, 'merge', { spec: { replicas: 3 } });
    assert.deepEqual([scaled.body.kind, scaled.body.spec.replicas], ['Scale', 3]);
    const { body } = await api.patch(`${DEPLOYMENTS}/counted/status`, 'merge', {
      status: { readyReplicas: 1 },
      spec: { replicas: 9 },
    });
    assert.deepEqual([body.metadata.generation, body.spec.replicas, body.status.readyReplicas], [2, 3, 1]);
  });
});
