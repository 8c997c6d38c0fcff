import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientId } from '../../../../src/server/client-address.ts';
import { noServerMetrics } from '../../../../src/server/server-metrics.ts';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { CutChannel, dialLoopback, runSession } from '../../../support/raw-client.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { startTestServer } from '../../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const STAT = { verb: 'STAT', parameters: {} };
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

const headers: Record<string, { header: Buffer; client: string }> = {
  'version 1': { header: Buffer.from('PROXY TCP4 192.0.2.7 10.0.0.1 4711 6150\r\n'), client: '192.0.2.7' },
  'version 1 over IPv6': {
    header: Buffer.from('PROXY TCP6 2001:db8::7 2001:db8::1 4711 6150\r\n'),
    client: '2001:db8::7',
  },
  'version 2': {
    header: Buffer.concat([SIGNATURE, Buffer.from([0x21, 0x11, 0, 12, 192, 0, 2, 9, 10, 0, 0, 1, 18, 103, 24, 6])]),
    client: '192.0.2.9',
  },
  'version 2 about itself': { header: Buffer.concat([SIGNATURE, Buffer.from([0x20, 0, 0, 0])]), client: '127.0.0.1' },
};

for (const [what, { header, client }] of Object.entries(headers)) {
  for (const cut of [false, true]) {
    test(`a trusted proxy announces its client by ${what}${cut ? ', a byte at a time' : ''}`, async () => {
      const log = new RecordedLog();
      await using server = await startTestServer({ rsaWrapper, log, trustedProxies: ['127.0.0.0/8'] });
      const socket = await dialLoopback(server.getListenPort());
      const bytewise = (frame: Buffer) => (cut ? Array.from(frame, (byte) => Buffer.of(byte)) : [frame]);
      const channel = new CutChannel(socket, bytewise);
      channel.send(header);
      assert.match(JSON.stringify(await runSession(channel, clientRsa, STAT)), /"success":true/);
      assert.equal((await log.line('request answered')).fields.client, clientId(client));
      channel.destroy();
    });
  }
}

test('a header and the first frame that arrive together are both read', async () => {
  await using server = await startTestServer({ rsaWrapper, trustedProxies: ['127.0.0.1'] });
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  await channel.write('PROXY TCP4 192.0.2.7 10.0.0.1 4711 6150\r\n800=====');
  assert.equal((await channel.read(1)).toString(), '1');
  channel.destroy();
});

test('who is not trusted can announce nothing, and a trusted proxy has to announce', async () => {
  const refused: string[] = [];
  const metrics = { ...noServerMetrics, refused: (reason: string) => void refused.push(reason) };
  await using server = await startTestServer({ rsaWrapper, metrics, trustedProxies: ['127.0.0.1'] });
  const stranger = new ByteChannel(await dialLoopback(server.getListenPort(), '127.0.0.2'));
  await stranger.write('PROXY TCP4 192.0.2.7 10.0.0.1 4711 6150\r\n');
  assert.equal((await stranger.read(1)).toString(), '0');
  const proxy = new ByteChannel(await dialLoopback(server.getListenPort()));
  await proxy.write('800=====');
  await assert.rejects(proxy.read(1), { code: 'Closed' });
  assert.deepEqual(refused, ['proxyHeader']);
  stranger.destroy();
});

test('limits count the announced client, not the proxy', async () => {
  const limits = { trustedProxies: ['127.0.0.1'], sourceLimits: { perAddress: 1 } };
  await using server = await startTestServer({ rsaWrapper, ...limits });
  const connect = async (client: string) => {
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    await channel.write(`PROXY TCP4 ${client} 10.0.0.1 4711 6150\r\n800=====`);
    return channel;
  };
  const first = await connect('192.0.2.1');
  assert.equal((await first.read(1)).toString(), '1');
  const other = await connect('198.51.100.1');
  assert.equal((await other.read(1)).toString(), '1');
  const second = await connect('192.0.2.1');
  await assert.rejects(second.read(1), { code: 'Closed' });
  for (const channel of [first, other]) channel.destroy();
});
