import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LABEL_SERVER, LABEL_STATE } from '../../../src/api/names.ts';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { type Lab, startLab } from '../../../src/main/demo/lab.ts';
import { VERSION } from '../../../src/version.ts';
import type { Table } from '../server/table.ts';
import { atRest } from './at-rest.ts';
import { bannerGuests } from './banner-guests.ts';
import { breakGround, type Ground } from './ground.ts';
import { inParallel } from './in-parallel.ts';
import { OperatorProcess } from './operator-process.ts';
import { makeMachinesAgain } from './plain-loop.ts';
import { requestsTold } from './request-counts.ts';

const HOST = '127.0.0.61';
/** As many as may start at a time for one server. */
const AT_ONCE = 100;
const SETTLE_MS = 10_000;
const PATIENCE_MS = 400_000;

/** How many servers, and how many containers of each. */
export interface Crowd {
  servers: number;
  each: number;
}

/**
 * Containers kept warm by servers that run no pods, on a node that plays the machines: their phases, launcher pods and
 * probes are KubeVirt's and the node's, and take most of the time.
 * @param folder for files of the operator and of the node
 */
export async function manyContainers(table: Table, folder: string, crowd: Crowd): Promise<void> {
  await using ground = await breakGround();
  await using lab = await playedLab(ground, folder);
  // Machines are ended by the node.
  await using _ = { [Symbol.asyncDispose]: () => ground.clear() };
  const { servers, each } = crowd;
  let took = 0;
  const on = `${servers === 1 ? '1 server' : `${servers} servers`} of ${each}, ${ground.plane.name}`;
  {
    await using operator = await OperatorProcess.start(ground.kubeconfig(), join(folder, 'operator'));
    await createServers(ground, crowd);
    await operator.during(everyServer(lab, servers, isIsoKnown));
    const before = { cpu: await operator.cpuSeconds(), own: process.cpuUsage() };
    const began = performance.now();
    await keepWarm(ground, crowd);
    await operator.during(
      lab.machines.waitFor((all) => all.list().filter(isWarm).length >= servers * each || undefined, patience()),
    );
    took = (performance.now() - began) / 1000;
    const cpu = (await operator.cpuSeconds()) - before.cpu;
    const { user, system } = process.cpuUsage(before.own);
    const shares = `${cpu.toFixed(1)} s of CPU, the node beside it ${((user + system) / 1e6).toFixed(1)} s`;
    const asked = requestsTold(await operator.requests());
    table.add({
      name: `${on}: all are warm`,
      value: took,
      unit: 's',
      goal: { atMost: 60 },
      note: `${shares}; ${asked}`,
    });
    table.add({
      name: `${on}: machines beyond the limit`,
      value: Math.max(0, lab.machines.list().length - servers * each),
      unit: '',
      goal: { atMost: 0 },
    });
    await operator.during(everyServer(lab, servers, ({ status }) => status?.containers?.warm === each));
    await sleep(SETTLE_MS);
    const { resident, peak } = await operator.memory();
    table.add({ name: `${on}: memory at most`, value: peak, unit: 'MB', goal: { atMost: 150 } });
    table.add({ name: `${on}: memory 10 s later`, value: resident, unit: 'MB', goal: { atMost: 150 } });
  }
  await atRest(table, on, ground, folder, {
    name: 'a claim of one container',
    make: async () => {
      const claimed = { metadata: { labels: { [LABEL_STATE]: 'claimed' } } };
      const [vmi] = lab.machines.list();
      if (vmi) await ground.kube.mergePatch(VirtualMachineInstance, vmi.metadata, claimed);
    },
  });
  const plain = await makeMachinesAgain(ground, lab, Math.min(each, AT_ONCE) * servers);
  table.add({
    name: `${on}: all are warm, to a plain loop that makes the same machines`,
    value: took / plain,
    unit: 'times',
    note: `${took.toFixed(1)} s, to ${plain.toFixed(1)} s`,
  });
}

async function playedLab({ controlPlane, namespace, log, signal }: Ground, folder: string): Promise<Lab> {
  const isoPath = join(folder, 'played.iso');
  await writeFile(isoPath, 'played');
  return startLab({ isoPath, folder, host: HOST, controlPlane, namespace, hollow: bannerGuests(), log, signal });
}

async function createServers({ kube, namespace }: Ground, { servers, each }: Crowd): Promise<void> {
  await inParallel(servers, 8, (index) => {
    const spec = {
      replicas: 0,
      iso: { image: `anweddol-container-iso:${VERSION}` },
      // One key each would take longer than everything else.
      keys: { onetime: true },
      service: { type: 'ClusterIP' },
      containers: { maxRunning: each, warmStartsAtOnce: Math.min(each, AT_ONCE), memory: '256Mi' },
    };
    const server = {
      apiVersion: 'anweddol.io/v1alpha1',
      kind: 'AnweddolServer',
      metadata: { namespace, name: `lab-${index}` },
      spec,
    };
    return kube.create(AnweddolServer, server as unknown as AnweddolServer);
  });
}

async function keepWarm({ kube, namespace }: Ground, { servers, each }: Crowd): Promise<void> {
  await inParallel(servers, 8, (index) =>
    kube.mergePatch(AnweddolServer, { namespace, name: `lab-${index}` }, { spec: { containers: { warm: each } } }),
  );
}

async function everyServer({ servers }: Lab, count: number, looks: (server: AnweddolServer) => boolean): Promise<void> {
  await servers.waitFor((all) => all.list().filter(looks).length >= count || undefined, patience());
}

function isIsoKnown({ status }: AnweddolServer): boolean {
  return status?.iso !== undefined;
}

function isWarm({ metadata }: VirtualMachineInstance): boolean {
  return metadata.labels?.[LABEL_SERVER] !== undefined && metadata.labels[LABEL_STATE] === 'warm';
}

function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE_MS);
}
