/**
 * STAT through a real server in a process of its own: how many a second as a share of the RSA-4096 private operations
 * that this machine does, and what one idle and fifty slow connections add to the delay of one. Prints JSON.
 *
 *   node test/bench/stat.ts
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { ClientInterface } from '../../src/client/client-interface.ts';
import { PeerPublicKey } from '../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { MemoryContainerBackend } from '../support/memory-container-backend.ts';
import { recordedSessions, wrapperOf } from '../support/recorded-sessions.ts';
import { startTestServer } from '../support/test-server.ts';

const CLIENTS = 8;
const SECONDS = 4;
const SAMPLES = 150;
const SLOW = 50;
const SLOW_EVERY_MS = 150;

async function serve(): Promise<void> {
  const rsaWrapper = await wrapperOf(recordedSessions(3).serverKey);
  const server = await startTestServer({ backend: new MemoryContainerBackend(), rsaWrapper });
  process.send?.(server.getListenPort());
  process.once('message', () => {
    process.send?.({ rss: process.memoryUsage.rss() });
    void server.stopServer().then(() => process.disconnect());
  });
}

/** Runs `work` over and over in `parallel` loops; how many a second were done. */
async function rate(parallel: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  let done = 0;
  const loop = async (): Promise<void> => {
    while (performance.now() - started < SECONDS * 1000) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: parallel }, loop));
  return done / ((performance.now() - started) / 1000);
}

async function rawRsa(): Promise<number> {
  const rsa = await wrapperOf(recordedSessions(3).serverKey);
  const block = new Uint8Array(PeerPublicKey.fromPem(rsa.publicKeyPem).encrypt(Buffer.alloc(48)));
  const { signal } = new AbortController();
  return rate(CLIENTS, async () => void (await rsa.decrypt(block, signal)));
}

async function stat(serverListenPort: number, rsaWrapper: RSAWrapper): Promise<void> {
  await using client = new ClientInterface({ serverIp: '127.0.0.1', serverListenPort, rsaWrapper });
  await client.sendRequest('STAT');
  const { success } = await client.recvResponse();
  if (!success) throw new Error('a STAT was not answered');
}

/** Milliseconds, one STAT after the other. */
async function delays(port: number, rsaWrapper: RSAWrapper): Promise<{ p50: number; p99: number }> {
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const started = performance.now();
    await stat(port, rsaWrapper);
    samples.push(performance.now() - started);
  }
  samples.sort((a, b) => a - b);
  const at = (share: number): number => samples[Math.floor(samples.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** One connection that is silent, and fifty that send a byte now and then; each comes again when it is cut off. */
function disturb(port: number): () => void {
  const sockets = new Set<Socket>();
  let over = false;
  const open = (bytes: string): void => {
    if (over) return;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    sockets.add(socket);
    let sent = 0;
    const timer = bytes
      ? setInterval(() => socket.write(bytes[sent++ % bytes.length] ?? ''), SLOW_EVERY_MS)
      : undefined;
    socket
      .on('error', () => undefined)
      .on('close', () => {
        clearInterval(timer);
        sockets.delete(socket);
        open(bytes);
      });
  };
  open('');
  for (let slow = 0; slow < SLOW; slow += 1) open('800=====');
  return () => {
    over = true;
    for (const socket of sockets) socket.destroy();
  };
}

async function measure(): Promise<void> {
  const child = fork(new URL(import.meta.url), ['server']);
  const [port] = (await once(child, 'message')) as [AddressInfo['port']];
  const rsaWrapper = await RSAWrapper.generate({ bits: 2048 });
  await stat(port, rsaWrapper);
  const raw = await rawRsa();
  const perSecond = await rate(CLIENTS, () => stat(port, rsaWrapper));
  const quiet = await delays(port, rsaWrapper);
  const calm = disturb(port);
  const disturbed = await delays(port, rsaWrapper);
  calm();
  child.send('stop');
  const [{ rss }] = (await once(child, 'message')) as [{ rss: number }];
  const result = {
    rawRsa4096PerSecond: Math.round(raw),
    statPerSecond: Math.round(perSecond),
    statToRawRsa: Number((perSecond / raw).toFixed(2)),
    delayMs: { quiet, disturbed },
    disturbedToQuiet: {
      p50: Number((disturbed.p50 / quiet.p50).toFixed(2)),
      p99: Number((disturbed.p99 / quiet.p99).toFixed(2)),
    },
    serverRssMb: Math.round(rss / 1e6),
  };
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
}

await (process.argv[2] === 'server' ? serve() : measure());
