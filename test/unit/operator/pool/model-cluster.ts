/** Machines as an API server holds them, and as a watch that lags shows them. */
import { LABEL_STATE } from '../../../../src/api/names.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { KubeError } from '../../../../src/kube/errors.ts';
import type { VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import type { PoolContext } from '../../../../src/operator/pool/carry-out.ts';
import { isEnding, isUnclaimed } from '../../../../src/operator/pool/pool-machines.ts';
import { up } from './pool-fixture.ts';

type Vmi = VirtualMachineInstance;

const stateOf = ({ metadata }: Vmi) => metadata.labels?.[LABEL_STATE];
const refused = (code: number, reason: string) => new KubeError({ code, reason, message: reason });

export class ModelCluster {
  /** By name. */
  readonly machines = new Map<string, Vmi>();
  /** What the operator sees of them. */
  readonly cache = new Map<string, Vmi>();
  readonly #news: { name: string; vmi: Vmi | undefined }[] = [];
  readonly violations: string[] = [];
  /** Made by others, and not in the cache yet: nobody could know of them. */
  readonly #unseen = new Set<string>();
  maxRunning = 0;
  warm = 0;
  writes = 0;
  /** The next creation is done, but its answer is lost. */
  losesAnswer = false;
  /** Why no machine is taken. */
  refuses: string | undefined;
  #version = 0;

  /** The calls that the pool makes. */
  readonly kube = {
    create: async (_, object: Vmi) => {
      this.writes += 1;
      const { name } = object.metadata;
      if (this.refuses) throw new KubeError({ code: 403, reason: 'Forbidden', message: this.refuses });
      if (this.machines.has(name)) throw refused(409, 'AlreadyExists');
      this.#checkCreate();
      const vmi = this.#put({ ...object, metadata: { ...object.metadata, uid: `uid-${this.#version}` } });
      if (this.losesAnswer) {
        this.losesAnswer = false;
        throw refused(0, 'Timeout');
      }
      return vmi;
    },
    get: async (_, { name }) => this.machines.get(name),
    delete: async (_, { name }, { uid, resourceVersion } = {}) => {
      this.writes += 1;
      const vmi = this.machines.get(name);
      if (!vmi) return false;
      const { uid: isUid, resourceVersion: isVersion } = vmi.metadata;
      if ((uid && uid !== isUid) || (resourceVersion && resourceVersion !== isVersion)) throw refused(409, 'Conflict');
      if (!isUnclaimed(vmi)) this.violations.push(`${name} was claimed and is removed`);
      this.end(vmi);
      return true;
    },
    jsonPatch: async (_, { name }, operations) => {
      this.writes += 1;
      const vmi = this.machines.get(name);
      if (!vmi) throw refused(404, 'NotFound');
      const uid = operations.find(({ path }) => path === '/metadata/uid')?.value;
      if (vmi.metadata.uid !== uid || stateOf(vmi) !== 'booting') throw refused(422, 'Invalid');
      const state = operations.find(({ op }) => op === 'replace')?.value;
      return this.#put(labelled(vmi, String(state)));
    },
  } as PoolContext['kube'] & Pick<KubeClient, 'get'>;

  /** Unclaimed, alive, and in the way of no end. */
  get pool(): Vmi[] {
    return [...this.machines.values()].filter(
      (vmi) => isUnclaimed(vmi) && !isEnding(vmi) && vmi.status?.phase !== 'Failed',
    );
  }

  get claimed(): Vmi[] {
    return [...this.machines.values()].filter((vmi) => !isUnclaimed(vmi) && !isEnding(vmi));
  }

  /** The watch shows this many of the changes that it has not shown yet. */
  deliver(count: number): void {
    for (const { name, vmi } of this.#news.splice(0, count)) {
      if (vmi) this.cache.set(name, vmi);
      else this.cache.delete(name);
      this.#unseen.delete(name);
    }
  }

  createdByOthers(vmi: Vmi): void {
    if (this.machines.has(vmi.metadata.name) || this.machines.size >= this.maxRunning) return;
    this.#unseen.add(vmi.metadata.name);
    this.#put({ ...vmi, metadata: { ...vmi.metadata, uid: `uid-${this.#version}` } });
  }

  becomesReady(vmi: Vmi): void {
    this.#put({ ...vmi, status: up });
  }

  fails(vmi: Vmi): void {
    this.#put({ ...vmi, status: { phase: 'Failed' } });
  }

  isClaimed(vmi: Vmi): void {
    if (stateOf(vmi) === 'warm') this.#put(labelled(vmi, 'claimed'));
  }

  end(vmi: Vmi): void {
    if (!isEnding(vmi)) this.#put({ ...vmi, metadata: { ...vmi.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  }

  goes({ metadata }: Vmi): void {
    this.machines.delete(metadata.name);
    this.#news.push({ name: metadata.name, vmi: undefined });
  }

  /** All that could be known speaks for one more. */
  #checkCreate(): void {
    const known = [...this.machines.keys()].filter((name) => !this.#unseen.has(name));
    if (known.length >= this.maxRunning) this.violations.push(`more than ${this.maxRunning} machines`);
    if (this.pool.length >= this.warm) this.violations.push(`more than ${this.warm} in the pool`);
  }

  #put(vmi: Vmi): Vmi {
    this.#version += 1;
    const creationTimestamp = vmi.metadata.creationTimestamp ?? new Date(this.#version * 1000).toISOString();
    const stored = { ...vmi, metadata: { ...vmi.metadata, resourceVersion: String(this.#version), creationTimestamp } };
    this.machines.set(vmi.metadata.name, stored);
    this.#news.push({ name: vmi.metadata.name, vmi: stored });
    return stored;
  }
}

function labelled(vmi: Vmi, state: string): Vmi {
  return { ...vmi, metadata: { ...vmi.metadata, labels: { ...vmi.metadata.labels, [LABEL_STATE]: state } } };
}
