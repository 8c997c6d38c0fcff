/**
 * `npm run bench`: STAT through the load balancer and a server pod, with the load generator, the cluster and the pod on this
 * machine: how many a second as a share of the RSA-4096 private operations that it does, what one idle and fifty slow
 * connections add to the delay of one, and the memory of the pods. Prints JSON.
 */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { ClientInterface } from '../../src/client/client-interface.ts';
import { Pod } from '../../src/kube/resources.ts';
import { containerIso } from '../../src/main/demo/container-iso.ts';
import { PeerPublicKey } from '../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { processOf, readyServer, startTestLab, type TestLab } from '../support/lab.ts';
import { IN_MEMORY } from '../support/planes.ts';

const HOST = '127.0.0.31';
const CLIENTS = 8;
const SECONDS = 4;
const SAMPLES = 150;
const SLOW = 50;
const SLOW_EVERY_MS = 150;

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
  const rsa = await RSAWrapper.generate();
  const block = new Uint8Array(PeerPublicKey.fromPem(rsa.publicKeyPem).encrypt(Buffer.alloc(48)));
  const { signal } = new AbortController();
  return rate(CLIENTS, async () => void (await rsa.decrypt(block, signal)));
}

async function stat(serverListenPort: number, rsaWrapper: RSAWrapper): Promise<void> {
  await using client = new ClientInterface({ serverIp: HOST, serverListenPort, rsaWrapper });
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
    const socket = connect({ port, host: HOST, noDelay: true });
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

/** Resident, in MB, of the first container of each pod of a namespace that runs a program of ours. */
async function residentMb({ lab }: TestLab, namespace: string): Promise<number[]> {
  const { items } = await lab.kube.list(Pod, { namespace });
  const programs = items.filter((pod) => pod.status?.phase === 'Running');
  return Promise.all(
    programs.map(async (pod) => {
      const status = await readFile(`/proc/${processOf(pod)}/status`, 'utf8');
      return Math.round((Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6);
    }),
  );
}

process.env.CONTAINER_ISO = (await containerIso((line) => process.stderr.write(`${line}\n`))).path;
const testLab = await startTestLab(HOST, IN_MEMORY);
try {
  const { port } = await readyServer(testLab, 'lab', { containers: { memory: '256Mi' } });
  const rsaWrapper = await RSAWrapper.generate({ bits: 2048 });
  await stat(port, rsaWrapper);
  const raw = await rawRsa();
  const perSecond = await rate(CLIENTS, () => stat(port, rsaWrapper));
  const quiet = await delays(port, rsaWrapper);
  const calm = disturb(port);
  const disturbed = await delays(port, rsaWrapper);
  calm();
  const result = {
    rawRsa4096PerSecond: Math.round(raw),
    statPerSecond: Math.round(perSecond),
    statToRawRsa: Number((perSecond / raw).toFixed(2)),
    delayMs: { quiet, disturbed },
    disturbedToQuiet: {
      p50: Number((disturbed.p50 / quiet.p50).toFixed(2)),
      p99: Number((disturbed.p99 / quiet.p99).toFixed(2)),
    },
    residentMb: {
      serverPod: await residentMb(testLab, 'default'),
      operator: await residentMb(testLab, 'anweddol-system'),
    },
  };
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
} finally {
  await testLab.close();
}
