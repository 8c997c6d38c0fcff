import { ANNOTATION_CLIENT_TOKEN_SHA256, LABEL_CONTAINER_UUID } from '../../api/names.ts';
import { isConflict, isInvalid, isNotFound } from '../../kube/errors.ts';
import { VirtualMachineInstance } from '../../kube/resources.ts';
import type { ContainerRecord, WarmClaim } from '../container-backend.ts';
import type { ClaimOptions } from './backend-options.ts';
import { claimAnnotations } from './machine.ts';
import { addAnnotations, changeState, testUid } from './machine-patch.ts';
import { recordOf } from './machine-state.ts';
import { creationError, isUncertain } from './platform-error.ts';
import { warmMachines } from './warm-machines.ts';

/**
 * Claims warm machines. The patch that names their new owner is the claim: it holds only if the machine is still warm, so of
 * any number of server pods one succeeds.
 */
export class WarmClaims {
  readonly #options: ClaimOptions;
  /** By uid: those that this process has tried. They look warm until the cache has caught up. */
  #tried = new Set<string>();

  constructor(options: ClaimOptions) {
    this.#options = options;
  }

  /** Those that are warm, as far as this process knows. */
  candidates(): VirtualMachineInstance[] {
    const { settings, machines, random } = this.#options;
    const all = machines.list();
    // What the cache has forgotten need not be remembered here.
    if (this.#tried.size > 0) this.#tried = this.#tried.intersection(new Set(all.map(({ metadata }) => metadata.uid)));
    return warmMachines(settings.current.spec, all, random()).filter(
      ({ metadata }) => !this.#tried.has(metadata.uid ?? ''),
    );
  }

  /** Undefined when there is none, or others were faster each time. @throws `VirtualizationError` when there is no answer */
  async claim(claim: WarmClaim, signal: AbortSignal): Promise<ContainerRecord | undefined> {
    for (const vmi of this.candidates()) {
      const { uid } = vmi.metadata;
      // Another claim of this process may have begun on it since.
      if (!uid || this.#tried.has(uid)) continue;
      this.#tried.add(uid);
      const claimed = await this.#take(vmi, uid, claim, signal);
      if (claimed) return { ...recordOf(claimed), isWarm: true };
    }
    return undefined;
  }

  async #take(
    vmi: VirtualMachineInstance,
    uid: string,
    { clientId, clientTokenSha256Of }: WarmClaim,
    signal: AbortSignal,
  ): Promise<VirtualMachineInstance | undefined> {
    const { kube, settings, clock, tracer } = this.#options;
    const clientTokenSha256 = await clientTokenSha256Of(vmi.metadata.labels?.[LABEL_CONTAINER_UUID] ?? '');
    const claim = { clientId, clientTokenSha256, traceparent: tracer?.traceparent };
    const owner = claimAnnotations(settings.current, claim, clock.now());
    const patch = [testUid(uid), ...changeState('warm', 'claimed'), ...addAnnotations(owner)];
    try {
      const claimed = await kube.jsonPatch(VirtualMachineInstance, vmi.metadata, patch, { signal });
      // One that ends takes a claim as well; the cache may not know yet.
      return claimed.metadata.deletionTimestamp ? undefined : claimed;
    } catch (error) {
      if (isNotFound(error) || isInvalid(error)) return undefined;
      const stored = isUncertain(error) ? await this.#read(vmi, signal) : undefined;
      if (stored?.metadata.annotations?.[ANNOTATION_CLIENT_TOKEN_SHA256] === clientTokenSha256) return stored;
      this.#tried.delete(uid);
      // Whoever writes on it now is mostly KubeVirt; there may be another one.
      if (isConflict(error)) return undefined;
      throw creationError(error);
    }
  }

  /** What is there now, when it can be read. */
  async #read(vmi: VirtualMachineInstance, signal: AbortSignal): Promise<VirtualMachineInstance | undefined> {
    return this.#options.kube.get(VirtualMachineInstance, vmi.metadata, { signal }).catch(() => undefined);
  }
}
