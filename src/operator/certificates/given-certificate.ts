import { Secret } from '../../kube/resources.ts';
import { nudgePods } from '../nudge-pods.ts';
import { patience } from '../patience.ts';
import { faultFinding, readingFinding, type SourceFinding } from './certificate-finding.ts';
import { type CertificateContext, isReading, isReplaced, memoryOf, type Wanted } from './certificate-sources.ts';
import { readCertificate } from './read-certificate.ts';

const GOOD_FOR_MS = 60_000;

/** A certificate that somebody keeps in a Secret; looked at once a minute. */
export async function givenCertificate(
  wanted: Wanted,
  secretName: string,
  context: CertificateContext,
  signal: AbortSignal,
): Promise<SourceFinding> {
  const { server, slot } = wanted;
  const { kube, clock, knownCertificates } = context;
  const look = `given ${secretName}`;
  const { value, leftMs } = await knownCertificates.recall(memoryOf(wanted), look, async (before) => {
    const waitMs = patience(server, 'CertificatesReady', clock.now());
    const secret = await kube.get(Secret, { namespace: server.metadata.namespace, name: secretName }, { signal });
    if (!secret) {
      const message = `Secret ${secretName}, which ${slot.field}.secretName names, is missing: make it with kubectl create secret tls`;
      return { value: { reason: 'CertificateMissing', message }, forMs: waitMs };
    }
    const reading = readCertificate(secret);
    if (!isReading(reading)) return { value: reading, forMs: waitMs };
    if (isReplaced(before, reading)) await nudgePods(server, slot.volume, reading.digest, context, signal);
    return { value: reading, forMs: GOOD_FOR_MS };
  });
  return isReading(value) ? readingFinding(value, secretName, clock.now(), leftMs) : faultFinding(value, leftMs);
}
