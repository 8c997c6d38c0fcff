/** A lab in which much happens: servers of several kinds, and clients that come, take containers, and give back most. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LABEL_COMPONENT, LABEL_SERVER } from '../../../src/api/names.ts';
import { AnweddolAccessToken } from '../../../src/api/resources.ts';
import type { ServerAddress } from '../../../src/client/dial.ts';
import { loopbackOf } from '../../../src/embedded/node/host-address.ts';
import type { Hollow } from '../../../src/embedded/node/machines/hollow.ts';
import { Pod } from '../../../src/kube/resources.ts';
import { ask, create, destroy } from '../../../src/main/demo/walkthrough.ts';
import { METRICS_PORT } from '../../../src/operator/desired/deployment.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { hollowGuests } from '../../support/hollow-guest.ts';
import { applyServer, readyServer, startTestLab, type TestLab } from '../../support/lab.ts';
import { IN_MEMORY } from '../../support/planes.ts';
import type { ScrapeJob } from './prometheus.ts';

const OPERATOR_METRICS_PORT = 8080;
const OPERATOR_LABEL = 'app.kubernetes.io/name';

/** How slow machines boot, and how many do not. */
export interface BootLuck {
  minMs: number;
  maxMs: number;
  /** From 0 to 1. */
  failing: number;
}

export interface Scene extends AsyncDisposable {
  lab: TestLab;
  /** Where there is something to scrape, as deploy/dashboards/README.md says it is to be scraped. */
  jobs: ScrapeJob[];
  /** Where clients find those that are ready. */
  addresses: ServerAddress[];
  /** Clients come and go until the signal aborts; resolves when the last has gone. */
  clients(count: number, signal: AbortSignal): Promise<void>;
}

/** @param host a loopback address of its own */
export async function startScene(host: string, luck: BootLuck): Promise<Scene> {
  const lab = await startTestLab(host, IN_MEMORY, { hollow: slowly(hollowGuests(), luck) });
  try {
    const keys = { bits: 2048 };
    const [pool, school] = await Promise.all([
      readyServer(lab, 'pool', {
        replicas: 2,
        keys,
        tls: { enabled: true },
        containers: { maxRunning: 6, warm: 2, startTimeoutSeconds: 15, maxLifetimeSeconds: 20, memory: '256Mi' },
      }),
      readyServer(lab, 'school', {
        keys,
        // Two servers behind one load balancer's address.
        listenPort: 6250,
        service: { firstSshPort: 11_000 },
        containers: { maxRunning: 3, startTimeoutSeconds: 15, maxLifetimeSeconds: 15, memory: '256Mi' },
      }),
    ]);
    await applyServer(lab, 'broken', {
      listenPort: 6350,
      service: { firstSshPort: 12_000 },
      iso: { image: 'registry.example/no-such-iso:1' },
      containers: { warm: 1 },
    });
    await tokens(lab);
    return {
      lab,
      jobs: [await operatorJob(lab), await serverJob(lab)],
      addresses: [pool, school],
      clients: (count, signal) => come([pool, school], count, signal),
      [Symbol.asyncDispose]: () => lab.close(),
    };
  } catch (error) {
    await lab.close();
    throw error;
  }
}

function slowly(guests: Hollow, { minMs, maxMs, failing }: BootLuck): Hollow {
  return {
    async boot(machine) {
      await sleep(minMs + Math.random() * (maxMs - minMs), undefined, { signal: machine.signal });
      if (Math.random() < failing) throw new Error('this one does not boot');
      return guests.boot(machine);
    },
  };
}

async function tokens({ lab, namespace, patience }: TestLab): Promise<void> {
  for (const [name, enabled] of [
    ['ann', true],
    ['ben', true],
    ['cat', false],
  ] as const) {
    const token = {
      apiVersion: 'anweddol.io/v1alpha1',
      kind: 'AnweddolAccessToken',
      metadata: { namespace, name },
      spec: { serverName: 'pool', enabled },
    };
    await lab.kube.apply(AnweddolAccessToken, token, { fieldManager: 'test', signal: patience() });
  }
}

async function operatorJob({ lab, operatorNamespace: namespace }: TestLab): Promise<ScrapeJob> {
  const labelSelector = `${OPERATOR_LABEL}=anweddol-operator`;
  const { items } = await lab.kube.list(Pod, { namespace, labelSelector });
  const targets = items.flatMap((pod) => targetOf(pod, OPERATOR_METRICS_PORT));
  return { job: 'anweddol-operator', honorLabels: true, targets };
}

async function serverJob({ lab, namespace }: TestLab): Promise<ScrapeJob> {
  const { items } = await lab.kube.list(Pod, { namespace, labelSelector: `${LABEL_COMPONENT}=server` });
  const targets = items.flatMap((pod) => targetOf(pod, METRICS_PORT, pod.metadata.labels?.[LABEL_SERVER]));
  return { job: 'anweddol-server', honorLabels: false, targets };
}

function targetOf({ metadata, status }: Pod, port: number, server?: string): ScrapeJob['targets'] {
  const host = loopbackOf(status?.podIP ?? '');
  if (!host || metadata.deletionTimestamp) return [];
  const { namespace = '', name: pod } = metadata;
  return [{ address: `${host}:${port}`, labels: { namespace, pod, ...(server && { server }) } }];
}

async function come(servers: ServerAddress[], count: number, signal: AbortSignal): Promise<void> {
  const key = await RSAWrapper.generate({ bits: 2048 });
  const one = async () => {
    while (!signal.aborted) {
      const server = servers[Math.floor(Math.random() * servers.length)];
      // What is refused, as there is no slot or a boot fails, is what the pictures are to show.
      if (server) await visit(server, key, signal).catch(() => undefined);
      await pause(200 + Math.random() * 1_500, signal);
    }
  };
  await Promise.all(Array.from({ length: count }, one));
}

async function visit(server: ServerAddress, key: RSAWrapper, signal: AbortSignal): Promise<void> {
  const caller = { server, key, signal };
  await ask(caller, 'STAT');
  const container = await create(caller);
  await pause(1_000 + Math.random() * 5_000, signal);
  // The others are left to expire.
  if (Math.random() < 0.75) await destroy(caller, container);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
