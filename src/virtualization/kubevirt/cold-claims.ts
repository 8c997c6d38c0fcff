import { LABEL_CONTAINER_UUID } from '../../api/names.ts';
import { isAlreadyExists } from '../../kube/errors.ts';
import { VirtualMachineInstance } from '../../kube/resources.ts';
import type { ContainerClaim, ContainerRecord } from '../container-backend.ts';
import { VirtualizationError } from '../errors.ts';
import type { ClaimOptions } from './backend-options.ts';
import { freeSlots, fromAnywhere } from './free-slots.ts';
import { claimedMachine } from './machine.ts';
import { recordOf } from './machine-state.ts';
import { creationError, isRefusal, isUncertain } from './platform-error.ts';
import { isAboutRebootPolicy } from './reboot-policy.ts';

/** Claims free slots. Creating the object of a slot's name is the claim: of any number of server pods one succeeds. */
export class ColdClaims {
  readonly #options: ClaimOptions;
  /** Slots that this process is creating a machine in. */
  readonly #creating = new Set<number>();

  constructor(options: ClaimOptions) {
    this.#options = options;
  }

  /** The free slots, as far as this process knows. */
  free(): number[] {
    const { settings, machines } = this.#options;
    return freeSlots(settings.current.spec, machines.list()).filter((port) => !this.#creating.has(port));
  }

  /** @throws `VirtualizationError` `NoFreeSlot`, `QuotaExceeded`, `MachineRefused`, `StartFailed` */
  async claim(claim: ContainerClaim, signal: AbortSignal): Promise<ContainerRecord> {
    const { settings, random } = this.#options;
    for (const port of fromAnywhere(this.free(), random())) {
      // Another claim of this process may have begun on it since.
      if (this.#creating.has(port)) continue;
      this.#creating.add(port);
      try {
        const created = await this.#create(claim, port, signal);
        if (created) return recordOf(created);
      } catch (error) {
        throw creationError(error);
      } finally {
        this.#creating.delete(port);
      }
    }
    const { server, spec } = settings.current;
    const message = `all ${spec.containers.maxRunning} containers of ${server.name} are in use`;
    throw new VirtualizationError('NoFreeSlot', message);
  }

  /** Undefined when somebody else has the slot. */
  async #create(claim: ContainerClaim, port: number, signal: AbortSignal): Promise<VirtualMachineInstance | undefined> {
    const { settings, clock, log, tracer } = this.#options;
    const wanted = claimedMachine(settings.current, { ...claim, traceparent: tracer?.traceparent }, port, clock.now());
    try {
      return await this.#send(wanted, signal);
    } catch (error) {
      const { rebootPolicy, ...domain } = wanted.spec.domain;
      if (!rebootPolicy || !isRefusal(error) || !isAboutRebootPolicy(error.message)) throw error;
      // KubeVirt was another one when the operator looked; it will look again.
      log.warn({ port, err: error }, 'the platform knows no reboot policy, the machine is made without');
      return await this.#send({ ...wanted, spec: { ...wanted.spec, domain } }, signal);
    }
  }

  async #send(wanted: VirtualMachineInstance, signal: AbortSignal): Promise<VirtualMachineInstance | undefined> {
    const { kube } = this.#options;
    try {
      return await kube.create(VirtualMachineInstance, wanted, { signal });
    } catch (error) {
      if (isAlreadyExists(error)) return undefined;
      if (!isUncertain(error)) throw error;
      const stored = await kube.get(VirtualMachineInstance, wanted.metadata, { signal }).catch(() => undefined);
      const uuid = wanted.metadata.labels?.[LABEL_CONTAINER_UUID];
      if (stored && stored.metadata.labels?.[LABEL_CONTAINER_UUID] === uuid) return stored;
      throw error;
    }
  }
}
