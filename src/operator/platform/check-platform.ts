import { createHash } from 'node:crypto';
import type { AnweddolServer } from '../../api/resources.ts';
import { ServerSettings } from '../../api/server-settings.ts';
import type { KubeClient } from '../../kube/client.ts';
import { KubeError } from '../../kube/errors.ts';
import { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import { machineSpec } from '../../virtualization/kubevirt/machine.ts';
import {
  isAboutRebootPolicy,
  type PlatformFinding,
  platformReboots,
  platformRefuses,
  platformTakes,
} from './platform-finding.ts';

/** KubeVirt may be upgraded, or its configuration changed. */
const GOOD_FOR_MS = 600_000;
/** What was refused is tried again after this. */
const PLATFORM_RECHECK_MS = 60_000;
/** Forgotten first come first go, beyond this many different machines. */
const REMEMBERED = 1_000;

/**
 * Asks the API server whether it would take a machine of a server, by creating one without storing it: KubeVirt's schema and
 * its admission answer for themselves, whatever their release. Servers whose machines are alike are asked for once.
 */
export class PlatformCheck {
  readonly #kube: KubeClient;
  readonly #clock: Clock;
  readonly #known = new Map<string, { finding: PlatformFinding; until: number }>();

  constructor(kube: KubeClient, clock: Clock) {
    this.#kube = kube;
    this.#clock = clock;
  }

  /** @throws KubeError when there is no answer, or none about the machine */
  async find(server: AnweddolServer, signal: AbortSignal): Promise<PlatformFinding> {
    const vmi = sampleMachine(server);
    const key = createHash('sha256').update(JSON.stringify(vmi)).digest('base64');
    const known = this.#known.get(key);
    const now = this.#clock.now();
    if (known && known.until > now) return repeated(known.finding);
    const finding = await this.#ask(vmi, signal);
    const until = now + (finding.status === 'True' ? GOOD_FOR_MS : PLATFORM_RECHECK_MS);
    this.#known.delete(key);
    this.#known.set(key, { finding, until });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= REMEMBERED) break;
      this.#known.delete(oldest);
    }
    return repeated(finding);
  }

  async #ask(vmi: VirtualMachineInstance, signal: AbortSignal): Promise<PlatformFinding> {
    const refused = await this.#refusal(vmi, signal);
    const { rebootPolicy, ...domain } = vmi.spec.domain;
    if (refused === undefined) return platformTakes(rebootPolicy === 'Terminate' ? 'Terminate' : 'Reboot');
    if (rebootPolicy === undefined || !isAboutRebootPolicy(refused)) return platformRefuses(refused);
    const otherwise = await this.#refusal({ ...vmi, spec: { ...vmi.spec, domain } }, signal);
    return otherwise === undefined ? platformReboots() : platformRefuses(otherwise);
  }

  /** Why the machine would be refused, if it would. */
  async #refusal(vmi: VirtualMachineInstance, signal: AbortSignal): Promise<string | undefined> {
    try {
      await this.#kube.create(VirtualMachineInstance, vmi, { dryRun: true, signal });
      return undefined;
    } catch (error) {
      if (error instanceof KubeError && [400, 403, 422].includes(error.code)) return error.message;
      throw error;
    }
  }
}

function repeated(finding: PlatformFinding): PlatformFinding {
  return finding.status === 'True' ? finding : { ...finding, againMs: PLATFORM_RECHECK_MS };
}

/** The machine does not carry it. */
const NO_DIGEST = '0'.repeat(64);

/** As a server pod would make it, but for what differs from container to container. */
function sampleMachine(server: AnweddolServer): VirtualMachineInstance {
  const { namespace = '', name, uid } = server.metadata;
  const { spec } = ServerSettings.parse({
    server: { name, namespace, uid },
    spec: { ...server.spec, iso: bootSource(server.spec.iso) },
  });
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'anweddol-platform-check', namespace },
    spec: machineSpec(spec, '00000000-0000-4000-8000-000000000000'),
  };
}

/** What is downloaded is in a claim, whose name is not known before. */
function bootSource({
  image,
  imagePullSecret,
  persistentVolumeClaim = 'anweddol-platform-check',
}: AnweddolServer['spec']['iso']) {
  return { sha256: NO_DIGEST, ...(image ? { image, imagePullSecret } : { persistentVolumeClaim }) };
}
