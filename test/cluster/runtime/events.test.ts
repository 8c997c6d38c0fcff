import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { eventSink, referenceTo } from '../../../src/kube/event-sink.ts';
import { ConfigMap, Event } from '../../../src/kube/resources.ts';
import type { StoredEvent } from '../../../src/runtime/events/event.ts';
import { EventRecorder } from '../../../src/runtime/events/event-recorder.ts';
import { TerminalError } from '../../../src/runtime/outcome.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { ApiCaller } from '../../conformance/api-caller.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { type Connected, onEachServer } from '../kube/subjects.ts';

const { signal } = new AbortController();
const SOURCE = { controller: 'anweddol.io/operator', instance: 'operator-0' };
const FAILED = { type: 'Warning', reason: 'IsoMissing', action: 'CheckIso', note: 'no ISO' } as const;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** The events of an object as `kubectl get events -o wide` gets them: a record of column and cell for each. */
async function listed(t: TestContext, { subject, namespace }: Connected, name: string) {
  const api = new ApiCaller(subject, subject.adminToken);
  t.after(() => api.close());
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.name=${name}`;
  const { body } = await api.get(path, { accept: TABLE });
  const columns: string[] = body.columnDefinitions.map((column: { name: string }) => column.name);
  return body.rows.map(({ cells }: { cells: unknown[] }) =>
    Object.fromEntries(columns.map((column, index) => [column, cells[index]])),
  );
}

onEachServer('events', (connected) => {
  const recorder = () => {
    const log = new RecordedLog();
    return { log, recorder: new EventRecorder({ sink: eventSink(connected().client, SOURCE), clock, log }) };
  };
  const about = async (name: string) => {
    const { client, namespace } = connected();
    const metadata = { namespace, name };
    return referenceTo(await client.create(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata }));
  };
  const stored = async (name: string) => {
    const { items } = await connected().client.list(Event, { namespace: connected().namespace });
    return items.filter(({ regarding }) => regarding?.name === name);
  };
  const event = (change: Partial<StoredEvent>): StoredEvent => ({
    ...FAILED,
    id: 'abc',
    at: Date.now(),
    regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace: connected().namespace, name: 'some' },
    ...change,
  });

  test('what was recorded three times is one event with its count where kubectl looks', async (t) => {
    const regarding = await about('counted');
    const { recorder: recording, log } = recorder();
    for (let i = 0; i < 3; i += 1) recording.event(regarding, FAILED);
    await recording.close(signal);
    assert.deepEqual(log.entries, []);
    const [row, ...rest] = await listed(t, connected(), 'counted');
    assert.deepEqual(rest, []);
    const { Type, Reason, Object: object, Source, Message, Count } = row;
    assert.deepEqual(
      { Type, Reason, object, Source, Message, Count: Number(Count) },
      {
        Type: 'Warning',
        Reason: 'IsoMissing',
        object: 'configmap/counted',
        Source: 'anweddol.io/operator, operator-0',
        Message: 'no ISO',
        Count: 3,
      },
    );
  });

  test('a repetition after the event was stored is counted in it', async (t) => {
    const regarding = await about('repeated');
    const sink = eventSink(connected().client, SOURCE);
    const first = event({ regarding, id: 'repeated' });
    await sink.create(first, signal);
    assert.equal(await sink.update({ ...first, series: { count: 7, lastAt: first.at + 60_000 } }, signal), true);
    const [row] = await listed(t, connected(), 'repeated');
    assert.equal(Number(row.Count), 7);
    const [object] = await stored('repeated');
    assert.equal(object?.series?.lastObservedTime, new Date(first.at + 60_000).toISOString().replace('Z', '000Z'));
    assert.deepEqual([object?.action, object?.regarding?.uid], ['CheckIso', regarding.uid]);
  });

  test('an event that is there already is not an error, and has the count that came with it', async () => {
    const sink = eventSink(connected().client, SOURCE);
    const regarding = await about('twice');
    const first = event({ regarding, id: 'twice' });
    await sink.create(first, signal);
    await sink.create({ ...first, series: { count: 2, lastAt: first.at } }, signal);
    const [object, ...rest] = await stored('twice');
    assert.deepEqual([object?.series?.count, rest], [2, []]);
  });

  test('an event that is gone is told so', async () => {
    const sink = eventSink(connected().client, SOURCE);
    assert.equal(await sink.update(event({ id: 'gone', series: { count: 2, lastAt: Date.now() } }), signal), false);
  });

  test('texts that are too long are cut between characters, and names that are too long too', async () => {
    const sink = eventSink(connected().client, { ...SOURCE, instance: 'i'.repeat(300) });
    const name = `${'x'.repeat(199)}-y`;
    const regarding = { ...event({}).regarding, name };
    const change = {
      regarding,
      id: 'long',
      note: `a${'é'.repeat(900)}`,
      reason: 'R'.repeat(200),
      action: 'A'.repeat(200),
    };
    await sink.create(event(change), signal);
    const [object] = await stored(name);
    assert.equal(object?.note, `a${'é'.repeat(511)}`);
    assert.deepEqual([object?.reason?.length, object?.action?.length], [128, 128]);
  });

  test('an object without a namespace has its events in default', async () => {
    const { client, unique } = connected();
    const sink = eventSink(client, SOURCE);
    const regarding = { apiVersion: 'v1', kind: 'Namespace', name: `ns-${unique}` };
    await sink.create(event({ id: unique, regarding }), signal);
    assert.equal(await client.delete(Event, { namespace: 'default', name: `ns-${unique}.${unique}` }), true);
  });

  test('what the server refuses is not worth another try', async () => {
    const sink = eventSink(connected().client, SOURCE);
    const noNamespace = event({ regarding: { ...event({}).regarding, namespace: 'never-was' } });
    await assert.rejects(sink.create(noNamespace, signal), TerminalError);
  });
});
