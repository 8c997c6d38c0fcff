import type { AnweddolServer } from '../../api/resources.ts';
import type { CertificateSource } from '../../api/server/access.ts';
import type { Finding } from '../conditions.ts';
import { mountedSecret } from '../desired/mounts.ts';
import type { Observed } from '../observe.ts';
import { faultFinding, type SourceFinding } from './certificate-finding.ts';
import { type CertificateSlot, certificateSlots } from './certificate-slots.ts';
import type { CertificateContext, Wanted } from './certificate-sources.ts';
import type { CertificatesFinding, CertificatesRecord } from './certificates-finding.ts';
import { givenCertificate } from './given-certificate.ts';
import { issuedCertificate } from './issued-certificate.ts';
import { joinFindings } from './join-findings.ts';
import { ownCertificate } from './own-certificate.ts';
import { isMounted, type MadeKind, removeMade } from './remove-made.ts';

type CertificateRecord = CertificatesRecord[CertificateSlot['name']];

interface SlotFinding {
  finding: Finding;
  secretName?: string | undefined;
  record?: CertificateRecord;
}

type Facts = Pick<Observed, 'address' | 'deployment'>;

/**
 * Makes, renews or checks the certificates of a server, and clears away what was made for those not asked for any more.
 * Nothing is made before the status says so, so that it is not left behind. What can not be used is not given to server
 * pods: they keep what they have.
 * @returns undefined for a server that needs none
 */
export async function ensureCertificates(
  server: AnweddolServer,
  observed: Facts,
  context: CertificateContext,
  signal: AbortSignal,
): Promise<CertificatesFinding | undefined> {
  const looks = certificateSlots(server).map((slot) => ensureSlot(server, slot, observed, context, signal));
  // What still ran when one of them fails would meet the next look.
  await Promise.allSettled(looks);
  const [tls, web] = await Promise.all(looks);
  const found = [tls, web].filter((slot) => slot !== undefined);
  if (found.length === 0) return undefined;
  const record = { ...(tls?.record && { tls: tls.record }), ...(web?.record && { web: web.record }) };
  return {
    ...joinFindings(found.map(({ finding }) => finding)),
    ...(tls?.secretName && { tlsSecretName: tls.secretName }),
    ...(web?.secretName && { webSecretName: web.secretName }),
    ...(Object.keys(record).length > 0 && { record }),
  };
}

async function ensureSlot(
  server: AnweddolServer,
  slot: CertificateSlot,
  observed: Facts,
  context: CertificateContext,
  signal: AbortSignal,
): Promise<SlotFinding | undefined> {
  const { source } = slot;
  const recorded = server.status?.certificates?.[slot.name];
  if (!source) return recorded && clearSlot(server, slot, recorded.made ?? [], observed, context, signal);
  const made = recorded?.made ?? [];
  const needed = neededKinds(source);
  const inPods = mountedSecret(observed.deployment?.spec?.template.spec, slot.volume);
  if (needed.some((kind) => !made.includes(kind))) {
    const message = `a certificate is being made in Secret ${slot.objectName}`;
    const finding = faultFinding({ reason: 'CertificatePending', message });
    return { finding, secretName: inPods, record: { ...recorded, made: [...new Set([...made, ...needed])].sort() } };
  }
  const found = await findIn({ server, slot, source, observed }, made, context, signal);
  const { secretName = inPods, notAfter, ...finding } = found;
  const left = found.secretName
    ? await clearAway(server, slot, { made, needed, observed }, context, signal)
    : made.toSorted();
  const record = {
    ...(secretName && { secretName }),
    ...(notAfter && { notAfter }),
    ...(left.length > 0 && { made: left }),
  };
  return { finding, secretName, record };
}

/** cert-manager makes the Secret, but does not delete it. */
function neededKinds({ secretName, issuerRef }: CertificateSource): MadeKind[] {
  if (secretName) return [];
  return issuerRef ? ['Certificate', 'Secret'] : ['Secret'];
}

async function findIn(
  wanted: Wanted,
  made: MadeKind[],
  context: CertificateContext,
  signal: AbortSignal,
): Promise<SourceFinding> {
  const { server, slot, source } = wanted;
  if (source.secretName) return givenCertificate(wanted, source.secretName, context, signal);
  if (source.issuerRef) return issuedCertificate(wanted, source.issuerRef, context, signal);
  // Before the Secret is written: cert-manager would write it too.
  if (made.includes('Certificate')) await removeMade('Certificate', server, slot, context, signal);
  return ownCertificate(wanted, context, signal);
}

/** @returns what is left: of what is not needed, that which a server pod has */
async function clearAway(
  server: AnweddolServer,
  slot: CertificateSlot,
  { made, needed, observed }: { made: MadeKind[]; needed: MadeKind[]; observed: Facts },
  context: CertificateContext,
  signal: AbortSignal,
): Promise<MadeKind[]> {
  const left: MadeKind[] = [];
  for (const kind of made.toSorted()) {
    const isInUse = kind === 'Secret' && isMounted(server, slot, observed.deployment, context);
    if (needed.includes(kind) || isInUse) left.push(kind);
    else await removeMade(kind, server, slot, context, signal);
  }
  return left;
}

/** No certificate is asked for, but there was one. */
async function clearSlot(
  server: AnweddolServer,
  slot: CertificateSlot,
  made: MadeKind[],
  observed: Facts,
  context: CertificateContext,
  signal: AbortSignal,
): Promise<SlotFinding> {
  const left = await clearAway(server, slot, { made, needed: [], observed }, context, signal);
  const message = `Secret ${slot.objectName} is not needed any more, and goes when no server pod has it`;
  const finding = { status: 'True', reason: 'CertificateLeftover', message } as const;
  return { finding, ...(left.length > 0 && { record: { made: left } }) };
}
