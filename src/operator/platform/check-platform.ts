import { createHash } from 'node:crypto';
import type { AnweddolServer } from '../../api/resources.ts';
import { ServerSettings } from '../../api/server-settings.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isForbidden, isNotFound, KubeError, refusalOf } from '../../kube/errors.ts';
import { KubeVirt, VirtualMachineInstance } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import { machineSpec } from '../../virtualization/kubevirt/machine.ts';
import { isAboutQuota } from '../../virtualization/kubevirt/platform-error.ts';
import { isAboutRebootPolicy } from '../../virtualization/kubevirt/reboot-policy.ts';
import { type KubeVirtRelease, releaseOf, UNKNOWN_RELEASE } from './kubevirt-release.ts';
import { type PlatformFinding, platformFinding, type Verdict } from './platform-finding.ts';

type RebootPolicy = AnweddolServer['spec']['containers']['rebootPolicy'];

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
  #release: { release: KubeVirtRelease; until: number } | undefined;
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
    const finding = since(known?.finding, await this.#ask(vmi, signal));
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
    const asked = vmi.spec.domain.rebootPolicy === 'Terminate' ? 'Terminate' : 'Reboot';
    const release = await this.#releaseNow(signal);
    const verdict = await this.#verdict(vmi, asked, signal);
    if (verdict.verdict !== 'refused' || asked === 'Reboot' || !isAboutRebootPolicy(verdict.why)) {
      return platformFinding(asked, verdict, release);
    }
    const { rebootPolicy: _, ...domain } = vmi.spec.domain;
    const without = { ...vmi, spec: { ...vmi.spec, domain } };
    return platformFinding(asked, await this.#verdict(without, 'Reboot', signal), release);
  }

  async #verdict(vmi: VirtualMachineInstance, rebootPolicy: RebootPolicy, signal: AbortSignal): Promise<Verdict> {
    try {
      await this.#kube.create(VirtualMachineInstance, vmi, { dryRun: true, signal });
      return { verdict: 'taken', rebootPolicy };
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      const { code, message: why } = error;
      if (code === 403 && isAboutQuota(why)) return { verdict: 'over quota', why, rebootPolicy };
      if (refusalOf(error)) return { verdict: 'refused', why };
      if (code >= 500 && why.includes('failed calling webhook')) return { verdict: 'silent', why };
      throw error;
    }
  }

  /** As it was within the last 10 minutes. */
  async #releaseNow(signal: AbortSignal): Promise<KubeVirtRelease> {
    const now = this.#clock.now();
    if (this.#release && this.#release.until > now) return this.#release.release;
    const release = await this.#askRelease(signal);
    this.#release = { release, until: now + GOOD_FOR_MS };
    return release;
  }

  async #askRelease(signal: AbortSignal): Promise<KubeVirtRelease> {
    try {
      return releaseOf((await this.#kube.list(KubeVirt, {}, { signal })).items);
    } catch (error) {
      // One that may look into some namespaces only, or a cluster whose KubeVirt was installed by other means.
      if (isForbidden(error) || isNotFound(error)) return UNKNOWN_RELEASE;
      throw error;
    }
  }
}

/** Machines go on being made as before while nobody answers for them. */
function since(before: PlatformFinding | undefined, finding: PlatformFinding): PlatformFinding {
  const isSilent = finding.reason === 'KubeVirtSilent';
  return isSilent && before?.rebootPolicy ? { ...finding, rebootPolicy: before.rebootPolicy } : finding;
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
