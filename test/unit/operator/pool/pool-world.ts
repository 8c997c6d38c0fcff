import { LABEL_STATE } from '../../../../src/api/names.ts';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { isNetworkFailure } from '../../../../src/kube/errors.ts';
import type { VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { platformTakes } from '../../../../src/operator/platform/platform-finding.ts';
import { keepWarm, type PoolFinding } from '../../../../src/operator/pool/keep-warm.ts';
import { isBooting, isEnding } from '../../../../src/operator/pool/pool-machines.ts';
import { PoolMemories } from '../../../../src/operator/pool/pool-memory.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { sampleSettings } from '../../../support/sample-machine.ts';
import { sampleServer } from '../../../support/sample-server.ts';
import { ModelCluster } from './model-cluster.ts';
import { machineIn } from './pool-fixture.ts';

export const STEPS = [
  'reconcile',
  'deliver',
  'ready',
  'fail',
  'claim',
  'claimCold',
  'destroy',
  'go',
  'setWarm',
  'setMaxRunning',
  'loseAnswer',
  'restart',
] as const;

/** What happens, and to which of those that it can happen to. */
export interface Step {
  what: (typeof STEPS)[number];
  nth: number;
}

const signal = new AbortController().signal;

/** An operator with one server, on a cluster whose news come late. */
export class PoolWorld {
  readonly cluster = new ModelCluster();
  readonly clock = new FakeClock();
  readonly #log = new RecordedLog();
  #pools = new PoolMemories();
  server: AnweddolServer;

  constructor() {
    this.server = sampleServer();
    this.edit({ warm: 2, maxRunning: 4 });
  }

  edit(change: { warm?: number; maxRunning?: number; memory?: string }): void {
    const { spec, metadata } = this.server;
    const containers = { ...spec.containers, ...change };
    containers.warm = Math.min(containers.warm, containers.maxRunning);
    const generation = (metadata.generation ?? 0) + 1;
    this.server = { ...this.server, metadata: { ...metadata, generation }, spec: { ...spec, containers } };
    this.cluster.maxRunning = containers.maxRunning;
    this.cluster.warm = containers.warm;
  }

  async reconcile(): Promise<PoolFinding | undefined> {
    const { kube } = this.cluster;
    const context = { kube, clock: this.clock, log: this.#log, events: { event: () => {} }, pools: this.#pools };
    const facts = {
      machines: [...this.cluster.cache.values()],
      platform: platformTakes('Terminate'),
      iso: { status: 'True', reason: 'IsoVerified', message: '' } as const,
    };
    try {
      return await keepWarm(this.server, facts, this.#settings(), context, signal, () => 0.5);
    } catch (error) {
      if (!isNetworkFailure(error)) throw error;
      return undefined; // it is tried again
    }
  }

  async take({ what, nth: n }: Step): Promise<void> {
    const { cluster } = this;
    const machines = [...cluster.machines.values()];
    const some = (is: (vmi: VirtualMachineInstance) => boolean, act: (vmi: VirtualMachineInstance) => void) => {
      const fitting = machines.filter(is);
      const one = fitting[n % fitting.length];
      if (one) act(one);
    };
    const isAlive = (vmi: VirtualMachineInstance) => !isEnding(vmi) && vmi.status?.phase !== 'Failed';
    if (what === 'reconcile') await this.reconcile();
    if (what === 'deliver') cluster.deliver(n);
    if (what === 'ready')
      some(
        (vmi) => isAlive(vmi) && isBooting(vmi) && !vmi.status,
        (vmi) => cluster.becomesReady(vmi),
      );
    if (what === 'fail')
      some(
        (vmi) => isAlive(vmi) && isBooting(vmi),
        (vmi) => cluster.fails(vmi),
      );
    if (what === 'claim') some(isWarm, (vmi) => cluster.isClaimed(vmi));
    if (what === 'claimCold') cluster.createdByOthers(this.#coldMachine(n));
    if (what === 'destroy')
      some(
        (vmi) => !isWarm(vmi) && !isBooting(vmi),
        (vmi) => cluster.end(vmi),
      );
    if (what === 'go') some(isEnding, (vmi) => cluster.goes(vmi));
    if (what === 'setWarm') this.edit({ warm: n % 5 });
    if (what === 'setMaxRunning') this.edit({ maxRunning: 1 + (n % 6) });
    if (what === 'loseAnswer') cluster.losesAnswer = true;
    if (what === 'restart') {
      cluster.deliver(Number.POSITIVE_INFINITY);
      this.#pools = new PoolMemories();
    }
  }

  /** Everything goes well from now on, until the operator has nothing more to write. */
  async settle(): Promise<PoolFinding | undefined> {
    const { cluster } = this;
    cluster.losesAnswer = false;
    this.edit({});
    for (let round = 0; round < 40; round += 1) {
      for (const vmi of cluster.machines.values()) {
        if (isEnding(vmi)) cluster.goes(vmi);
        // One that failed just before it was promoted: ended as every container is, which is not the pool's part.
        else if (isWarm(vmi) && vmi.status?.phase === 'Failed') cluster.end(vmi);
        else if (isBooting(vmi) && !vmi.status) cluster.becomesReady(vmi);
      }
      cluster.deliver(Number.POSITIVE_INFINITY);
      await this.clock.advance(2_000);
      const before = cluster.writes;
      const finding = await this.reconcile();
      const isQuiet = [...cluster.machines.values()].every((vmi) => !isEnding(vmi) && !isBooting(vmi));
      if (cluster.writes === before && isQuiet) return finding;
    }
    throw new Error('the pool does not come to rest');
  }

  #settings() {
    const { spec } = this.server;
    const settings = sampleSettings();
    return { ...settings, spec: { ...settings.spec, containers: spec.containers, service: spec.service } };
  }

  #coldMachine(n: number): VirtualMachineInstance {
    const vmi = machineIn({ port: 10_000 + (n % this.server.spec.containers.maxRunning), state: 'claimed' });
    const { creationTimestamp: _, ...metadata } = vmi.metadata;
    return { ...vmi, metadata };
  }
}

export const isWarm = ({ metadata }: VirtualMachineInstance) =>
  metadata.labels?.[LABEL_STATE] === 'warm' && !metadata.deletionTimestamp;
