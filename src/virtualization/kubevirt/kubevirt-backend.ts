import { ANNOTATION_DELIVERED_AT, LABEL_CONTAINER_UUID, LABEL_SERVER } from '../../api/names.ts';
import type { JsonPatchOperation } from '../../kube/client.ts';
import { isConflict } from '../../kube/errors.ts';
import { keyOf } from '../../kube/objects.ts';
import { type EndpointSlice, Secret, VirtualMachineInstance } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import { noTracer, type Tracer } from '../../runtime/tracing.ts';
import type { ContainerBackend, ContainerClaim, ContainerRecord, WarmClaim } from '../container-backend.ts';
import type { ContainerCredentials } from '../container-credentials.ts';
import { VirtualizationError } from '../errors.ts';
import type { KubeVirtBackendOptions } from './backend-options.ts';
import { ColdClaims } from './cold-claims.ts';
import { credentialsSecret } from './credentials-secret.ts';
import { machineName } from './machine-name.ts';
import { addAnnotations, changeState, testUid } from './machine-patch.ts';
import { isClaimed, recordOf } from './machine-state.ts';
import { handOverError } from './platform-error.ts';
import { untilOver } from './until-over.ts';
import { untilRunning } from './until-running.ts';
import { WarmClaims } from './warm-claims.ts';

/** Containers as KubeVirt machines. All state is on the machine's object; this class holds none but what is under way. */
export class KubeVirtBackend implements ContainerBackend {
  readonly #options: KubeVirtBackendOptions;
  readonly #warm: WarmClaims;
  readonly #cold: ColdClaims;
  readonly #tracer: Tracer;

  constructor(options: KubeVirtBackendOptions) {
    this.#options = options;
    this.#warm = new WarmClaims(options);
    this.#cold = new ColdClaims(options);
    this.#tracer = options.tracer ?? noTracer;
  }

  get isoSha256(): string {
    return this.#options.settings.current.spec.iso.sha256;
  }

  get endpoint() {
    const { username, port } = this.#options.settings.current.spec.containers.endpoint;
    return { username, port, password: this.#options.endpointPassword };
  }

  available(): number {
    return this.#cold.free().length + this.#warm.candidates().length;
  }

  async claimWarm(claim: WarmClaim, signal: AbortSignal): Promise<ContainerRecord | undefined> {
    const record = await this.#warm.claim(claim, signal);
    if (record) this.#options.onStep?.('Claimed', record);
    return record;
  }

  async claim(claim: ContainerClaim, signal: AbortSignal): Promise<ContainerRecord> {
    const record = await this.#cold.claim(claim, signal);
    this.#options.onStep?.('Claimed', record);
    return record;
  }

  started(record: ContainerRecord, signal: AbortSignal): Promise<{ address: string }> {
    const name = this.#nameOf(record);
    return this.#tracer.span('boot', () => untilRunning(this.#options.machines, name, record.instanceId, signal));
  }

  async handOver(record: ContainerRecord, credentials: ContainerCredentials, signal: AbortSignal): Promise<void> {
    const { kube, settings, machines, slices } = this.#options;
    const { server, address } = settings.current;
    const name = this.#nameOf(record);
    const secret = credentialsSecret({ ...name, serverName: server.name }, record, credentials, address?.host);
    try {
      await this.#tracer.span('secret', () => kube.create(Secret, secret, { signal }));
      await this.#tracer.span('ready', () => this.#patch(record, changeState('claimed', 'ready'), signal));
    } catch (error) {
      throw handOverError(error);
    }
    const isReachable = (store: Store<EndpointSlice>) => {
      const owners = store.get(keyOf(name))?.metadata.ownerReferences ?? [];
      return owners.some((owner) => owner.uid === record.instanceId) || undefined;
    };
    const told = new AbortController();
    const either = AbortSignal.any([signal, told.signal]);
    try {
      // One that ends gets no endpoint any more.
      const isOver = untilOver(machines, name, record.instanceId, either);
      await this.#tracer.span('slice', () => Promise.race([slices.waitFor(isReachable, either), isOver]));
    } catch (error) {
      if (error instanceof VirtualizationError) throw error;
      throw new VirtualizationError('StartTimeout', 'the container got no endpoint in time', { cause: error });
    } finally {
      told.abort();
    }
    this.#options.onStep?.('SetUp', record);
  }

  async delivered(record: ContainerRecord, signal: AbortSignal): Promise<void> {
    const now = new Date(this.#options.clock.now()).toISOString();
    await this.#patch(record, addAnnotations({ [ANNOTATION_DELIVERED_AT]: now }), signal);
    this.#options.onStep?.('Delivered', record);
  }

  async find(uuid: string, signal: AbortSignal): Promise<ContainerRecord | undefined> {
    const { kube, settings } = this.#options;
    const { name, namespace } = settings.current.server;
    const labelSelector = `${LABEL_SERVER}=${name},${LABEL_CONTAINER_UUID}=${uuid}`;
    const { items } = await kube.list(VirtualMachineInstance, { namespace, labelSelector }, { signal });
    const found = items.find((vmi) => !vmi.metadata.deletionTimestamp && isClaimed(vmi));
    return found && recordOf(found);
  }

  async destroy(record: ContainerRecord, signal: AbortSignal): Promise<void> {
    try {
      const options = { uid: record.instanceId, propagation: 'Background', signal } as const;
      const isGoing = await this.#options.kube.delete(VirtualMachineInstance, this.#nameOf(record), options);
      if (isGoing) this.#options.onStep?.('Destroyed', record);
    } catch (error) {
      // The slot has a later machine by now, so this one is gone.
      if (!isConflict(error)) throw error;
    }
  }

  #nameOf(record: ContainerRecord): { namespace: string; name: string } {
    return machineName(this.#options.settings.current, record.listenPort);
  }

  /** The `test` of the uid keeps the patch off a later machine in the same slot. */
  async #patch(record: ContainerRecord, operations: JsonPatchOperation[], signal: AbortSignal): Promise<void> {
    const patch = [testUid(record.instanceId), ...operations];
    await this.#options.kube.jsonPatch(VirtualMachineInstance, this.#nameOf(record), patch, { signal });
  }
}
