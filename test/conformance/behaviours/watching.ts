import assert from 'node:assert/strict';
import type { Json, WatchStream } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';

const FINITE = 'watch=true&timeoutSeconds=1';

function summary({ type, object }: { type: string; object: Json }): string {
  return `${type} ${object.metadata?.name ?? object.kind}`;
}

async function take(stream: WatchStream, count: number): Promise<string[]> {
  const events: string[] = [];
  for (let each = 0; each < count; each++) events.push(summary(await stream.next()));
  return events;
}

/** Secrets: a namespace begins without any. */
function secrets({ namespace }: World): string {
  return inNamespace(namespace, 'secrets');
}

async function made({ admin }: World, path: string, name: string, labels = {}): Promise<string> {
  return (await admin.post(path, { metadata: { name, labels } })).body.metadata.resourceVersion;
}

async function touchAndDelete({ admin }: World, path: string, name: string): Promise<void> {
  await admin.mergePatch(`${path}/${name}`, { metadata: { labels: { touched: 'true' } } });
  await admin.delete(`${path}/${name}`);
}

export const watching = chapter('watches', {
  'a watch without a version, or from version 0, begins with what there is': async (world) => {
    const path = secrets(world);
    await made(world, path, 'there');
    for (const query of ['', '&resourceVersion=0']) {
      await using stream = await world.admin.watch(`${path}?watch=true${query}`);
      assert.deepEqual(await take(stream, 1), ['ADDED there']);
      await made(world, path, 'new');
      await touchAndDelete(world, path, 'new');
      assert.deepEqual(await take(stream, 3), ['ADDED new', 'MODIFIED new', 'DELETED new']);
    }
  },
  'a watch from a version tells every later change, in order, and none before': async (world) => {
    const path = secrets(world);
    const version = await made(world, path, 'a');
    await made(world, path, 'b');
    await touchAndDelete(world, path, 'b');
    await made(world, path, 'c');
    await using stream = await world.admin.watch(`${path}?watch=true&resourceVersion=${version}`);
    const events = [];
    for (let each = 0; each < 4; each++) events.push(await stream.next());
    assert.deepEqual(events.map(summary), ['ADDED b', 'MODIFIED b', 'DELETED b', 'ADDED c']);
    const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
    );
    assert.ok(versions.every((one) => one > Number(version)));
  },
  'a watch begins where a list ends': async (world) => {
    const path = secrets(world);
    await made(world, path, 'listed');
    const { resourceVersion } = (await world.admin.get(path)).body.metadata;
    await made(world, path, 'next');
    await using stream = await world.admin.watch(`${path}?watch=true&resourceVersion=${resourceVersion}`);
    assert.deepEqual(await take(stream, 1), ['ADDED next']);
  },
  'the event of a deletion carries the last state and the version of the deletion': async (world) => {
    const path = secrets(world);
    const version = await made(world, path, 'a', { team: 'x' });
    await using stream = await world.admin.watch(`${path}?watch=true&resourceVersion=${version}`);
    await world.admin.delete(`${path}/a`);
    const { type, object } = await stream.next();
    assert.deepEqual([type, object.metadata.labels], ['DELETED', { team: 'x' }]);
    assert.ok(Number(object.metadata.resourceVersion) > Number(version));
  },
  'a write that changes nothing is no event': async (world) => {
    const path = secrets(world);
    const version = await made(world, path, 'a', { team: 'x' });
    await using stream = await world.admin.watch(`${path}?watch=true&resourceVersion=${version}`);
    const { body } = await world.admin.mergePatch(`${path}/a`, { metadata: { labels: { team: 'x' } } });
    assert.equal(body.metadata.resourceVersion, version);
    await made(world, path, 'b');
    assert.deepEqual(await take(stream, 1), ['ADDED b']);
  },
  'an object that begins or ceases to match a label selector is added or deleted': async (world) => {
    const path = secrets(world);
    const version = await made(world, path, 'a');
    const relabel = (team: string | null) => world.admin.mergePatch(`${path}/a`, { metadata: { labels: { team } } });
    await using stream = await world.admin.watch(
      `${path}?watch=true&labelSelector=team%3Dx&resourceVersion=${version}`,
    );
    await relabel('x');
    await world.admin.mergePatch(`${path}/a`, { metadata: { labels: { other: 'y' } } });
    const left = await relabel('z');
    await relabel('x');
    await world.admin.delete(`${path}/a`);
    assert.deepEqual(await take(stream, 2), ['ADDED a', 'MODIFIED a']);
    const gone = await stream.next();
    assert.equal(gone.type, 'DELETED');
    // The state that matched, with the version of the change that ended it.
    assert.equal(gone.object.metadata.labels.team, 'x');
    assert.equal(gone.object.metadata.resourceVersion, left.body.metadata.resourceVersion);
    assert.deepEqual(await take(stream, 2), ['ADDED a', 'DELETED a']);
  },
  'a watch of one name tells nothing of others': async (world) => {
    const path = secrets(world);
    await made(world, path, 'a');
    await using stream = await world.admin.watch(`${path}?watch=true&fieldSelector=metadata.name%3Db`);
    await touchAndDelete(world, path, 'a');
    await made(world, path, 'b');
    assert.deepEqual(await take(stream, 1), ['ADDED b']);
  },
  'a watch of all namespaces tells of each': async (world) => {
    const query = `watch=true&fieldSelector=metadata.namespace%3D${world.namespace}`;
    await using stream = await world.admin.watch(`/api/v1/secrets?${query}`);
    await made(world, secrets(world), 'a');
    const { object } = await stream.next();
    assert.equal(object.metadata.namespace, world.namespace);
  },
  'initial events end with a bookmark that says so': async (world) => {
    const path = secrets(world);
    await made(world, path, 'a');
    await made(world, path, 'b');
    const { resourceVersion } = (await world.admin.get(path)).body.metadata;
    const query = 'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan';
    for (const version of ['', '0', resourceVersion]) {
      await using stream = await world.admin.watch(`${path}?watch=true&${query}&resourceVersion=${version}`);
      const events = [await stream.next(), await stream.next(), await stream.next()];
      assert.deepEqual(events.map(summary), ['ADDED a', 'ADDED b', 'BOOKMARK Secret']);
      const { metadata, apiVersion } = events[2]?.object ?? {};
      assert.deepEqual(metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
      assert.equal(apiVersion, 'v1');
      assert.ok(Number(metadata.resourceVersion) >= Number(resourceVersion));
    }
  },
  'a watch without a version that takes bookmarks is told where the initial events end': async (world) => {
    const path = secrets(world);
    await made(world, path, 'a');
    await using stream = await world.admin.watch(`${path}?watch=true&allowWatchBookmarks=true`);
    assert.deepEqual(await take(stream, 2), ['ADDED a', 'BOOKMARK Secret']);
  },
  'initial events that are declined are not sent': async (world) => {
    const path = secrets(world);
    await made(world, path, 'a');
    const { resourceVersion } = (await world.admin.get(path)).body.metadata;
    const query = `sendInitialEvents=false&resourceVersionMatch=NotOlderThan&resourceVersion=${resourceVersion}`;
    await using stream = await world.admin.watch(`${path}?watch=true&${query}`);
    await made(world, path, 'b');
    assert.deepEqual(await take(stream, 1), ['ADDED b']);
  },
  'a watch ends after its timeout, without an error': async (world) => {
    const path = secrets(world);
    await made(world, path, 'a');
    await using stream = await world.admin.watch(`${path}?${FINITE}`);
    assert.deepEqual((await stream.rest()).map(summary), ['ADDED a']);
  },
  'a watch from a version that is not there yet waits for it': async (world) => {
    const path = secrets(world);
    const future = Number(await made(world, path, 'a')) + 1_000_000;
    await using stream = await world.admin.watch(`${path}?${FINITE}&resourceVersion=${future}`);
    await made(world, path, 'b');
    assert.deepEqual(await stream.rest(), []);
  },
});
