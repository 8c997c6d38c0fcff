import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FakeClock } from '../../../support/fake-clock.ts';
import { Api, CONFIG_MAPS, configMap, summaries } from './api-fixture.ts';

describe('watches', () => {
  let api: Api;
  before(async () => {
    api = await Api.start({ history: 5 });
  });
  after(() => api.close());

  test('a watch without a resource version begins with what exists', async () => {
    const path = '/api/v1/namespaces/kube-public/configmaps';
    await api.post(path, configMap('there'));
    const watch = await api.watch(`${path}?watch=true`);
    await api.post(path, configMap('new'));
    await api.patch(`${path}/new`, 'merge', { data: { a: '2' } });
    await api.delete(`${path}/new`);
    assert.deepEqual(summaries(await watch.take(4)), ['ADDED there', 'ADDED new', 'MODIFIED new', 'DELETED new']);
    watch.close();
  });

  test('a watch goes on where a list ended', async () => {
    const path = '/api/v1/namespaces/kube-node-lease/configmaps';
    await api.post(path, configMap('one'));
    const { body } = await api.get(path);
    await api.post(path, configMap('two'));
    const watch = await api.watch(`${path}?watch=1&resourceVersion=${body.metadata.resourceVersion}`);
    assert.deepEqual(summaries(await watch.take(1)), ['ADDED two']);
    watch.close();
  });

  test('an object that begins or ceases to match is added or deleted', async () => {
    const watch = await api.watch(`${CONFIG_MAPS}?watch=true&labelSelector=team=a`);
    await api.post(CONFIG_MAPS, configMap('moving'));
    await api.patch(`${CONFIG_MAPS}/moving`, 'merge', { metadata: { labels: { team: 'a' } } });
    await api.patch(`${CONFIG_MAPS}/moving`, 'merge', { data: { a: '2' } });
    await api.patch(`${CONFIG_MAPS}/moving`, 'merge', { metadata: { labels: { team: 'b' } } });
    await api.delete(`${CONFIG_MAPS}/moving`);
    await api.post(CONFIG_MAPS, configMap('last', { metadata: { name: 'last', labels: { team: 'a' } } }));
    const seen = summaries(await watch.take(4));
    assert.deepEqual(seen, ['ADDED moving', 'MODIFIED moving', 'DELETED moving', 'ADDED last']);
    watch.close();
  });

  test('a write that changes nothing is no event', async () => {
    await api.post(CONFIG_MAPS, configMap('quiet'));
    const watch = await api.watch(`${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name=quiet`);
    await api.patch(`${CONFIG_MAPS}/quiet`, 'merge', { data: { a: '1' } });
    await api.put(`${CONFIG_MAPS}/quiet`, configMap('quiet'));
    await api.delete(`${CONFIG_MAPS}/quiet`);
    assert.deepEqual(summaries(await watch.take(2)), ['ADDED quiet', 'DELETED quiet']);
    watch.close();
  });

  test('a watch from before the history is told that it has expired', async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap('busy'));
    for (let each = 0; each < 20; each++) await api.patch(`${CONFIG_MAPS}/busy`, 'merge', { data: { a: `x${each}` } });
    const watch = await api.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${body.metadata.resourceVersion}`);
    const [event, end] = [await watch.next(), await watch.next()];
    assert.deepEqual([event?.type, event?.object.code, event?.object.reason], ['ERROR', 410, 'Expired']);
    assert.equal(end, undefined);
  });

  test('sendInitialEvents marks the end of what existed', async () => {
    const path = '/api/v1/namespaces/kube-system/configmaps';
    await api.post(path, configMap('there'));
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const watch = await api.watch(`${path}?${query}`);
    const [added, bookmark] = await watch.take(2);
    assert.equal(added?.type, 'ADDED');
    assert.equal(bookmark?.type, 'BOOKMARK');
    assert.equal(bookmark?.object.metadata.annotations['k8s.io/initial-events-end'] as unknown, 'true');
    watch.close();
  });

  test('bookmarks come every minute, and the watch ends after its timeout', async () => {
    const clock = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));
    const other = await Api.start({ clock });
    const watch = await other.watch(`${CONFIG_MAPS}?watch=true&allowWatchBookmarks=true&timeoutSeconds=90`);
    assert.equal((await watch.next())?.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true');
    await clock.untilPending(2);
    await clock.advance(60_000);
    assert.equal((await watch.next())?.type, 'BOOKMARK');
    await clock.advance(30_000);
    assert.equal(await watch.next(), undefined);
    await other.close();
  });

  test('a reader that does not read is cut off', async () => {
    const path = '/api/v1/namespaces/default/secrets';
    const watch = await api.watch(`${path}?watch=true`);
    watch.response.pause();
    const ended = new Promise((resolve) => watch.response.once('close', resolve));
    const stringData = { big: 'x'.repeat(700_000) };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'big' }, stringData };
    await api.post(path, secret);
    for (let each = 0; each < 40; each++)
      await api.patch(`${path}/big`, 'merge', { metadata: { labels: { n: `${each}` } } });
    watch.response.resume();
    await ended;
    assert.equal(watch.response.complete, false);
  });

  test('closing the server ends every watch at once', async () => {
    const other = await Api.start();
    const watch = await other.watch(`${CONFIG_MAPS}?watch=true`);
    const ended = new Promise((resolve) => watch.response.once('close', resolve));
    await other.close();
    await ended;
  });
});
