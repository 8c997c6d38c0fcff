import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { MemoryDatabase } from '../../../src/server/database/memory-database.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { clientOf, newServer } from './server-under-test.ts';

const UUID = '123e4567-e89b-42d3-a456-426614174000';
const OTHER = '123e4567-e89b-42d3-a456-426614174001';

test('an entry is found by its container and its token, and keeps no more of the token than its SHA-256', async () => {
  const database = new MemoryDatabase({ clock: new FakeClock(1_000) });
  const [id, createdAt, token] = await database.addEntry(UUID);
  assert.equal(createdAt, 1_000);
  assert.match(token, /^[0-9a-zA-Z\-_]{255}$/);
  assert.equal(await database.getEntryID(UUID, token), id);
  assert.equal(await database.getContainerUUIDEntryID(UUID), id);
  const sha256 = createHash('sha256').update(token).digest('hex');
  assert.deepEqual(await database.getEntry(id), [id, 1_000, UUID, sha256]);
  assert.deepEqual(await database.listEntries(), [[id, 1_000]]);
});

test('a token opens its own container only', async () => {
  const database = new MemoryDatabase();
  const [, , token] = await database.addEntry(UUID);
  const [otherId, , otherToken] = await database.addEntry(OTHER);
  assert.notEqual(token, otherToken);
  assert.equal(await database.getEntryID(UUID, otherToken), undefined);
  assert.equal(await database.getEntryID(OTHER, otherToken), otherId);
  assert.equal(await database.getEntryID(UUID.replace('1', '2'), token), undefined);
  assert.equal(await database.getEntryID(UUID, ''), undefined);
});

test('a deleted entry is gone, and its number is not given again', async () => {
  const database = new MemoryDatabase();
  const [id, , token] = await database.addEntry(UUID);
  await database.deleteEntry(id);
  await database.deleteEntry(id);
  assert.equal(await database.getEntryID(UUID, token), undefined);
  assert.equal(await database.getContainerUUIDEntryID(UUID), undefined);
  assert.equal(await database.getEntry(id), undefined);
  assert.deepEqual(await database.listEntries(), []);
  const [nextId] = await database.addEntry(UUID);
  assert.notEqual(nextId, id);
});

test('a server enters each container that it gives out, and takes it out when it is destroyed', async () => {
  await using tested = newServer();
  const { server, database } = tested;
  await server.startServer({ asynchronous: true });
  const { data } = await clientOf(server).ask('CREATE');
  const { container_uuid, client_token } = data;
  const id = await database.getEntryID(String(container_uuid), String(client_token));
  assert.deepEqual(
    (await database.listEntries()).map(([entry]) => entry),
    [id],
  );
  const wrong = { container_uuid, client_token: 'x'.repeat(255) };
  assert.equal((await clientOf(server).ask('DESTROY', wrong)).message, 'Bad authentication');
  assert.equal((await database.listEntries()).length, 1);
  assert.equal((await clientOf(server).ask('DESTROY', { container_uuid, client_token })).success, true);
  assert.deepEqual(await database.listEntries(), []);
});
