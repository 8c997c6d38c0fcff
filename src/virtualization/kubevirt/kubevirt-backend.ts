import {
  ANNOTATION_DELIVERED_AT,
  containerName,
  LABEL_CONTAINER_UUID,
  LABEL_SERVER,
  LABEL_STATE,
} from '../../api/names.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import type { JsonPatchOperation, KubeClient } from '../../kube/client.ts';
import { isAlreadyExists, isConflict, KubeError } from '../../kube/errors.ts';
import { keyOf } from '../../kube/objects.ts';
import { type EndpointSlice, Secret, VirtualMachineInstance } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ContainerBackend, ContainerClaim, ContainerRecord } from '../container-backend.ts';
import type { ContainerCredentials } from '../container-credentials.ts';
import { VirtualizationError } from '../errors.ts';
import { credentialsSecret } from './credentials-secret.ts';
import { freeSlots, fromAnywhere } from './free-slots.ts';
import { claimedMachine } from './machine.ts';
import { recordOf, startProgress } from './machine-state.ts';

export interface KubeVirtBackendOptions {
  kube: KubeClient;
  settings: ServerSettings;
  endpointPassword: string;
  /** This server's machines and endpoint slices, kept by reflectors. */
  machines: Store<VirtualMachineInstance>;
  slices: Store<EndpointSlice>;
  clock: Clock;
  /** From 0 up to, and not including, 1. */
  random: () => number;
}

/** Containers as KubeVirt machines. All state is on the machine's object; this class holds none. */
export class KubeVirtBackend implements ContainerBackend {
  readonly #options: KubeVirtBackendOptions;

  constructor(options: KubeVirtBackendOptions) {
    this.#options = options;
  }

  get isoSha256(): string {
    return this.#options.settings.spec.iso.sha256;
  }

  get endpoint() {
    const { username, port } = this.#options.settings.spec.containers.endpoint;
    return { username, port, password: this.#options.endpointPassword };
  }

  available(): number {
    return this.#freeSlots().length;
  }

  /** Creating the object of a slot's name is the claim: of any number of server pods one succeeds. */
  async claim(claim: ContainerClaim, signal: AbortSignal): Promise<ContainerRecord> {
    const { kube, settings, clock, random } = this.#options;
    for (const port of fromAnywhere(this.#freeSlots(), random())) {
      try {
        const wanted = claimedMachine(settings, claim, port, clock.now());
        return recordOf(await kube.create(VirtualMachineInstance, wanted, { signal }));
      } catch (error) {
        if (error instanceof KubeError && error.code >= 400 && error.code < 500 && !isAlreadyExists(error)) {
          throw new VirtualizationError('StartFailed', `the machine was refused: ${error.message}`, { cause: error });
        }
        if (!isAlreadyExists(error)) throw error;
      }
    }
    const { maxRunning } = settings.spec.containers;
    throw new VirtualizationError('NoFreeSlot', `all ${maxRunning} containers of ${settings.server.name} are in use`);
  }

  async started(record: ContainerRecord, signal: AbortSignal): Promise<{ address: string }> {
    const key = keyOf(this.#nameOf(record));
    let seen = false;
    const look = (machines: Store<VirtualMachineInstance>) => {
      const vmi = machines.get(key);
      // The cache may not know the new machine yet; a stranger in its slot, or none after it was seen, means it is gone.
      if (vmi?.metadata.uid !== record.instanceId) {
        return seen ? ({ step: 'failed', reason: 'Deleted' } as const) : undefined;
      }
      seen = true;
      const progress = startProgress(vmi);
      return progress.step === 'starting' ? undefined : progress;
    };
    const progress = await this.#within(signal, this.#options.machines.waitFor(look, signal), 'did not start');
    if (progress.step === 'failed') {
      throw new VirtualizationError('StartFailed', `the machine of ${key} will not start: ${progress.reason}`);
    }
    return { address: progress.address };
  }

  async handOver(record: ContainerRecord, credentials: ContainerCredentials, signal: AbortSignal): Promise<void> {
    const { kube, settings, slices } = this.#options;
    const name = this.#nameOf(record);
    const secret = credentialsSecret({ ...name, serverName: settings.server.name }, record, credentials);
    await kube.create(Secret, secret, { signal });
    await this.#patch(record, signal, [
      { op: 'test', path: `/metadata/labels/${pointer(LABEL_STATE)}`, value: 'claimed' },
      { op: 'replace', path: `/metadata/labels/${pointer(LABEL_STATE)}`, value: 'ready' },
    ]);
    const reachable = (store: Store<EndpointSlice>) => {
      const owners = store.get(keyOf(name))?.metadata.ownerReferences ?? [];
      return owners.some((owner) => owner.uid === record.instanceId) || undefined;
    };
    await this.#within(signal, slices.waitFor(reachable, signal), 'got no endpoint');
  }

  async delivered(record: ContainerRecord, signal: AbortSignal): Promise<void> {
    const value = new Date(this.#options.clock.now()).toISOString();
    await this.#patch(record, signal, [
      { op: 'add', path: `/metadata/annotations/${pointer(ANNOTATION_DELIVERED_AT)}`, value },
    ]);
  }

  async find(uuid: string, signal: AbortSignal): Promise<ContainerRecord | undefined> {
    const { kube, settings } = this.#options;
    const labelSelector = `${LABEL_SERVER}=${settings.server.name},${LABEL_CONTAINER_UUID}=${uuid}`;
    const query = { namespace: settings.server.namespace, labelSelector };
    const { items } = await kube.list(VirtualMachineInstance, query, { signal });
    const alive = items.find((vmi) => !vmi.metadata.deletionTimestamp);
    return alive && recordOf(alive);
  }

  async destroy(record: ContainerRecord, signal: AbortSignal): Promise<void> {
    try {
      const options = { uid: record.instanceId, propagation: 'Background', signal } as const;
      await this.#options.kube.delete(VirtualMachineInstance, this.#nameOf(record), options);
    } catch (error) {
      // The slot has a later machine by now, so this one is gone.
      if (!isConflict(error)) throw error;
    }
  }

  #freeSlots(): number[] {
    return freeSlots(this.#options.settings.spec, this.#options.machines.list());
  }

  #nameOf(record: ContainerRecord): { namespace: string; name: string } {
    const { server } = this.#options.settings;
    return { namespace: server.namespace, name: containerName(server.name, record.listenPort) };
  }

  /** The `test` of the uid keeps the patch off a later machine in the same slot. */
  async #patch(record: ContainerRecord, signal: AbortSignal, operations: JsonPatchOperation[]): Promise<void> {
    const uid = { op: 'test', path: '/metadata/uid', value: record.instanceId } as const;
    await this.#options.kube.jsonPatch(VirtualMachineInstance, this.#nameOf(record), [uid, ...operations], { signal });
  }

  async #within<T>(signal: AbortSignal, promise: Promise<T>, what: string): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new VirtualizationError('StartTimeout', `the container ${what} in time`, { cause: error });
    }
  }
}

function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
