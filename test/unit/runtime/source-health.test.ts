import assert from 'node:assert/strict';
import test from 'node:test';
import { sourceHealth } from '../../../src/runtime/source-health.ts';

const MAX_IDLE_MS = 300_000;

test('a program is ready when everything that has to be is synced', () => {
  const sources = { servers: { hasSynced: true }, pods: { hasSynced: false }, machines: { hasSynced: false } };
  const before = sourceHealth(sources, MAX_IDLE_MS, ['machines']);
  assert.deepEqual(before, { isReady: false, isAlive: true, unsynced: ['pods'], stuck: [] });
  const after = sourceHealth({ ...sources, pods: { hasSynced: true } }, MAX_IDLE_MS, ['machines']);
  assert.deepEqual(after, { isReady: true, isAlive: true, unsynced: [], stuck: [] });
});

test('a source without a sign of life for too long makes the program worth a restart', () => {
  const sources = (idleMs: number) => ({ servers: { hasSynced: true, idleMs }, pods: { hasSynced: true } });
  assert.equal(sourceHealth(sources(MAX_IDLE_MS), MAX_IDLE_MS).isAlive, true);
  const stuck = sourceHealth(sources(MAX_IDLE_MS + 1), MAX_IDLE_MS);
  assert.deepEqual([stuck.isAlive, stuck.isReady, stuck.stuck], [false, true, ['servers']]);
});
