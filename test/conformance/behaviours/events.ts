import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

const TIME = '2026-01-02T03:04:05.000000Z';

function event(world: World, change: object = {}) {
  const { namespace } = world;
  return {
    metadata: { name: 'one', namespace },
    eventTime: TIME,
    reportingController: 'example.com/controller',
    reportingInstance: 'controller-1',
    action: 'Reconcile',
    reason: 'Done',
    type: 'Normal',
    note: 'It is done.',
    regarding: { apiVersion: 'v1', kind: 'Pod', namespace, name: 'pod', uid: 'u' },
    ...change,
  };
}

function tell(world: World, change: object = {}) {
  return world.admin.post(inNamespace(world.namespace, 'events', 'events.k8s.io'), event(world, change));
}

function core(world: World, body: object) {
  return world.admin.post(inNamespace(world.namespace, 'events'), { metadata: { name: 'core' }, ...body });
}

export const events = chapter('events', {
  'an event of the events group is an event of the core group too': async (world) => {
    const { code, body } = await tell(world);
    assert.equal(code, 201);
    assert.deepEqual([body.apiVersion, body.note, body.regarding.name], ['events.k8s.io/v1', 'It is done.', 'pod']);
    const seen = (await world.admin.get(`${inNamespace(world.namespace, 'events')}/one`)).body;
    assert.deepEqual([seen.apiVersion, seen.message, seen.involvedObject.name], ['v1', 'It is done.', 'pod']);
    const { reportingComponent, reportingInstance, eventTime, firstTimestamp, source } = seen;
    assert.deepEqual(
      [reportingComponent, reportingInstance, eventTime],
      ['example.com/controller', 'controller-1', TIME],
    );
    assert.deepEqual([firstTimestamp, source, seen.metadata.uid], [null, {}, body.metadata.uid]);
  },
  'an event of the core group is an event of the events group too': async (world) => {
    const { namespace } = world;
    const times = { firstTimestamp: '2026-01-02T03:04:05Z', lastTimestamp: '2026-01-02T03:04:06Z' };
    const source = { component: 'kubelet', host: 'node' };
    const { body } = await core(world, {
      ...times,
      source,
      count: 2,
      reason: 'Failed',
      message: 'No.',
      involvedObject: { kind: 'Pod', namespace, name: 'p' },
    });
    assert.deepEqual([body.eventTime, body.reportingComponent, body.reportingInstance], [null, '', '']);
    const seen = (await world.admin.get(`${inNamespace(namespace, 'events', 'events.k8s.io')}/core`)).body;
    assert.deepEqual(
      [seen.note, seen.regarding.name, seen.deprecatedSource, seen.deprecatedCount, seen.deprecatedLastTimestamp],
      ['No.', 'p', source, 2, times.lastTimestamp],
    );
  },
  'an event says who did what, when and why': async (world) => {
    assertInvalid(await tell(world, { action: undefined }), 'action: Required value');
    assertInvalid(await tell(world, { reason: undefined }), 'reason: Required value');
    assertInvalid(await tell(world, { eventTime: undefined }), 'eventTime: Required value');
    assertInvalid(await tell(world, { reportingInstance: undefined }), 'reportingInstance: Required value');
    assertRefused(
      await tell(world, { reportingController: undefined }),
      422,
      'Invalid',
      /reportingController: Required value/,
    );
    assertRefused(
      await tell(world, { reportingController: 'a b' }),
      422,
      'Invalid',
      /^Event "one" is invalid: reportingController: Invalid value: "a b": name part must/,
    );
  },
  'an event is normal or a warning': async (world) => {
    assertInvalid(await tell(world, { type: 'Error' }), 'type: Invalid value: "": has invalid value: Error');
  },
  'an event is short': async (world) => {
    assertInvalid(
      await tell(world, { note: 'x'.repeat(1025) }),
      'message: Invalid value: "": can have at most 1024 characters',
    );
    assertInvalid(
      await tell(world, { action: 'x'.repeat(129) }),
      'action: Invalid value: "": can have at most 128 characters',
    );
    assert.equal((await tell(world, { note: 'x'.repeat(1024) })).code, 201);
  },
  'an event is in the namespace of its object': async (world) => {
    const other = { kind: 'Pod', namespace: 'default', name: 'p' };
    const without = { kind: 'Node', name: 'n' };
    const why = 'does not match event.namespace';
    assertInvalid(
      await core(world, { involvedObject: other }),
      `involvedObject.namespace: Invalid value: "default": ${why}`,
    );
    assertInvalid(
      await core(world, { involvedObject: without }),
      `involvedObject.namespace: Invalid value: "": ${why}`,
    );
    assertInvalid(await tell(world, { regarding: without }), `involvedObject.namespace: Invalid value: "": ${why}`);
  },
  'an event that goes on is a series of two at least': async (world) => {
    const path = `${inNamespace(world.namespace, 'events', 'events.k8s.io')}/one`;
    await tell(world);
    const { body } = await world.admin.mergePatch(path, { series: { count: 2, lastObservedTime: TIME } });
    assert.deepEqual(body.series, { count: 2, lastObservedTime: TIME });
    const more = await world.admin.mergePatch(path, { series: { count: 3 } });
    assert.equal(more.body.series.count, 3);
    const series = { count: 1, lastObservedTime: TIME };
    const one = await tell(world, { metadata: { name: 'two' }, series });
    assertInvalid(one, 'series.count: Invalid value: "": should be at least 2');
  },
  'what an event told stays': async (world) => {
    await tell(world);
    const path = `${inNamespace(world.namespace, 'events', 'events.k8s.io')}/one`;
    const answer = await world.admin.mergePatch(path, { note: 'Something else.' });
    assertInvalid(answer, 'message: Invalid value: "Something else.": field is immutable');
  },
});
