import { FIELD_MANAGER } from '../../api/names.ts';
import { Secret } from '../../kube/resources.ts';
import { nudgePods } from '../nudge-pods.ts';
import { patience } from '../patience.ts';
import { faultFinding, readingFinding, type SourceFinding } from './certificate-finding.ts';
import { certificateSecret, isMadeSecret } from './certificate-secret.ts';
import { type CertificateContext, isReading, memoryOf, namesOf, type Wanted } from './certificate-sources.ts';
import type { CertificateReading, KnownCertificate } from './known-certificate.ts';
import { readCertificate } from './read-certificate.ts';

import { renewalAt, selfSignedCertificate } from './self-signed.ts';
import { type CertificateNames, covers } from './wanted-names.ts';

/** Server pods and clients need no larger one for a year. */
const KEY_BITS = 2048;
/** Somebody may delete the Secret. */
const GOOD_FOR_MS = 600_000;
const AGAIN_MS = 6 * 3_600_000;

/** A certificate that the operator signs by itself, renewed when a third of its life is left or a name is missing in it. */
export async function ownCertificate(
  wanted: Wanted,
  context: CertificateContext,
  signal: AbortSignal,
): Promise<SourceFinding> {
  const { server, slot } = wanted;
  const { kube, clock, knownCertificates } = context;
  const { name = '', namespace = '' } = server.metadata;
  const names = namesOf(wanted, [`${name}.${namespace}.svc`]);
  const look = `own ${JSON.stringify(names)}`;
  const { value, leftMs } = await knownCertificates.recall(memoryOf(wanted), look, async () => {
    const live = await kube.get(Secret, { namespace, name: slot.objectName }, { signal });
    if (live && !isMadeSecret(server, live)) {
      const message = `Secret ${slot.objectName} is in the way of a certificate: delete it, or name it in ${slot.field}.secretName to use it`;
      return {
        value: { reason: 'CertificateInvalid', message },
        forMs: patience(server, 'CertificatesReady', clock.now()),
      };
    }
    const known = live && readCertificate(live);
    const reading =
      known && isGood(known, names, clock.now()) ? known : await issue(wanted, names, live, context, signal);
    return { value: reading, forMs: Math.min(GOOD_FOR_MS, renewalAt(reading) - clock.now()) };
  });
  if (!isReading(value)) return faultFinding(value, leftMs);
  // Before what is remembered is old, a look would find nothing new.
  const againMs = Math.min(AGAIN_MS, Math.max(leftMs, renewalAt(value) - clock.now()));
  return readingFinding(value, slot.objectName, clock.now(), againMs);
}

function isGood(known: KnownCertificate, names: CertificateNames, now: number): known is CertificateReading {
  return isReading(known) && known.isSelfSigned && renewalAt(known) > now && covers(known.leaf, names);
}

/** @param live what is there; it is replaced */
async function issue(
  { server, slot }: Wanted,
  names: CertificateNames,
  live: Secret | undefined,
  context: CertificateContext,
  signal: AbortSignal,
): Promise<CertificateReading> {
  const { kube, clock, keyPairs, refusals } = context;
  const unmade = certificateSecret(server, slot.objectName, { certificatePem: '', privatePem: '' });
  const stored = await refusals.unlessRefused(Secret, unmade, async () => {
    const pair = await keyPairs.make(KEY_BITS);
    const certificatePem = await selfSignedCertificate(server.metadata.name, names, pair, clock.now());
    const made = certificateSecret(server, slot.objectName, { certificatePem, privatePem: pair.privatePem });
    if (!live) return kube.create(Secret, made, { signal });
    // With the uid, nothing that somebody has put there since is overwritten.
    const metadata = { ...made.metadata, ...(live.metadata.uid && { uid: live.metadata.uid }) };
    return kube.apply(Secret, { ...made, metadata }, { fieldManager: FIELD_MANAGER, force: true, signal });
  });
  const reading = readCertificate(stored);
  if (!isReading(reading)) throw new TypeError(reading.message);
  if (live) await nudgePods(server, slot.volume, reading.digest, context, signal);
  return reading;
}
