import type { CertificateSource } from '../../api/server/access.ts';
import { isNotFound } from '../../kube/errors.ts';
import { Certificate, Secret } from '../../kube/resources.ts';
import { apply } from '../apply.ts';
import { isOwnedBy, ownedMetadata } from '../desired/ownership.ts';
import { nudgePods } from '../nudge-pods.ts';
import { patience } from '../patience.ts';
import { faultFinding, readingFinding, type SourceFinding } from './certificate-finding.ts';
import {
  type CertificateContext,
  isReading,
  isReplaced,
  memoryOf,
  namesOf,
  type Wanted,
} from './certificate-sources.ts';
import type { KnownCertificate } from './known-certificate.ts';
import { readCertificate } from './read-certificate.ts';
import type { CertificateNames } from './wanted-names.ts';

type IssuerRef = NonNullable<CertificateSource['issuerRef']>;

const GOOD_FOR_MS = 60_000;
const NOT_READY_AGAIN_MS = 10_000;

/** A certificate of an issuer of cert-manager's, which keeps it new; looked at once a minute. */
export async function issuedCertificate(
  wanted: Wanted,
  issuerRef: IssuerRef,
  context: CertificateContext,
  signal: AbortSignal,
): Promise<SourceFinding> {
  const { server, slot } = wanted;
  const { clock, knownCertificates } = context;
  const names = namesOf(wanted, []);
  if (names.dns.length + names.ips.length === 0) {
    const message = `there is no name to have a certificate for before the server has an address; or set ${slot.field}.dnsNames`;
    return faultFinding({ reason: 'CertificateNotReady', message }, GOOD_FOR_MS);
  }
  const manifest = certificate(wanted, issuerRef, names);
  const look = `issued ${JSON.stringify(manifest.spec)}`;
  const { value, leftMs } = await knownCertificates.recall(memoryOf(wanted), look, async (before) => {
    const found = await ask(wanted, manifest, context, signal);
    if (!isReading(found)) {
      const isWaiting = found.reason === 'CertificateNotReady';
      const forMs = isWaiting ? NOT_READY_AGAIN_MS : patience(server, 'CertificatesReady', clock.now());
      return { value: found, forMs };
    }
    if (isReplaced(before, found)) await nudgePods(server, slot.volume, found.digest, context, signal);
    return { value: found, forMs: GOOD_FOR_MS };
  });
  return isReading(value) ? readingFinding(value, slot.objectName, clock.now(), leftMs) : faultFinding(value, leftMs);
}

function certificate({ server, slot }: Wanted, { name, kind, group }: IssuerRef, names: CertificateNames): Certificate {
  return {
    apiVersion: `${Certificate.group}/${Certificate.version}`,
    kind: Certificate.kind,
    metadata: ownedMetadata(server, slot.objectName),
    spec: {
      secretName: slot.objectName,
      ...(names.dns.length > 0 && { dnsNames: names.dns }),
      ...(names.ips.length > 0 && { ipAddresses: names.ips }),
      privateKey: { rotationPolicy: 'Always' },
      issuerRef: { name, kind, group },
    },
  };
}

async function ask(
  { server, slot }: Wanted,
  manifest: Certificate,
  context: CertificateContext,
  signal: AbortSignal,
): Promise<KnownCertificate> {
  const { kube } = context;
  const live = await lookUp(manifest, context, signal);
  if (live === 'NoSuchType') {
    const message = `${slot.field}.issuerRef needs cert-manager, which is not installed: install it, or remove issuerRef`;
    return { reason: 'CertManagerAbsent', message };
  }
  if (live && !isOwnedBy(server, live)) {
    const message = `Certificate ${slot.objectName} is in the way of the server's: delete it, or name its Secret in ${slot.field}.secretName`;
    return { reason: 'CertificateInvalid', message };
  }
  const hasAsked = await apply(context, Certificate, { get: () => live }, manifest, signal);
  const waiting = hasAsked ? 'cert-manager has just been asked' : notReady(live);
  if (waiting) {
    const message = `Certificate ${slot.objectName} is not ready: ${waiting}`;
    return { reason: 'CertificateNotReady', message };
  }
  const secret = await kube.get(Secret, manifest.metadata, { signal });
  if (secret) return readCertificate(secret);
  return {
    reason: 'CertificateNotReady',
    message: `Certificate ${slot.objectName} is ready, but its Secret is missing`,
  };
}

async function lookUp(
  { metadata }: Certificate,
  { kube }: CertificateContext,
  signal: AbortSignal,
): Promise<Certificate | undefined | 'NoSuchType'> {
  try {
    return await kube.get(Certificate, metadata, { signal });
  } catch (error) {
    if (isNotFound(error)) return 'NoSuchType';
    throw error;
  }
}

/** In cert-manager's words. What it said of an earlier state of the Certificate does not count. */
function notReady(live: Certificate | undefined): string | undefined {
  const ready = live?.status?.conditions?.find(({ type }) => type === 'Ready');
  if (!ready) return 'cert-manager has not looked at it yet';
  const { status, message, reason, observedGeneration } = ready;
  if (observedGeneration !== undefined && observedGeneration !== live?.metadata.generation) {
    return 'cert-manager has not looked at its change yet';
  }
  return status === 'True' ? undefined : (message ?? reason ?? 'it does not say why');
}
