import assert from 'node:assert/strict';
import test from 'node:test';
import { ConfigMap } from '../../../src/kube/resources.ts';
import { connect } from '../../support/connect.ts';

const query = { namespace: 'lab', resourceVersion: '1', timeoutSeconds: 300 };
const event = (name: string) => `${JSON.stringify({ type: 'ADDED', object: { metadata: { name } } })}\n`;

test('whoever reads a watch gets back what it throws itself, and the connection closes', async (t) => {
  const { server, client } = await connect(t, (_, response) => response.write(event('a') + event('b')));
  const bug = new Error('a bug');
  const read = async () => {
    for await (const _ of client.watch(ConfigMap, query, t.signal)) throw bug;
  };
  await assert.rejects(read(), bug);
  await server.until(({ openSockets }) => openSockets === 0);
});

test('a watch that is left early closes its connection', async (t) => {
  const { server, client } = await connect(t, (_, response) => response.write(event('a') + event('b')));
  const seen: unknown[] = [];
  for await (const { type } of client.watch(ConfigMap, query, t.signal)) {
    seen.push(type);
    break;
  }
  assert.deepEqual(seen, ['ADDED']);
  await server.until(({ openSockets }) => openSockets === 0);
});
