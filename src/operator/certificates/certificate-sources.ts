import type { AnweddolServer } from '../../api/resources.ts';
import type { CertificateSource } from '../../api/server/access.ts';
import { keyOf } from '../../kube/objects.ts';
import type { Context } from '../context.ts';
import type { Observed } from '../observe.ts';
import type { CertificateSlot } from './certificate-slots.ts';
import type { CertificateReading, KnownCertificate } from './known-certificate.ts';

import { type CertificateNames, sortNames } from './wanted-names.ts';

export type CertificateContext = Pick<Context, 'kube' | 'clock' | 'keyPairs' | 'knownCertificates' | 'refusals'> & {
  caches: Pick<Context['caches'], 'pods'>;
};

/** Of which server and which of its certificates is spoken, and where from it is to come. */
export interface Wanted {
  server: AnweddolServer;
  slot: CertificateSlot;
  source: CertificateSource;
  observed: Pick<Observed, 'address' | 'deployment'>;
}

export function isReading(known: KnownCertificate): known is CertificateReading {
  return 'leaf' in known;
}

/** Under what the looks at a certificate are remembered. */
export function memoryOf({ server, slot }: Pick<Wanted, 'server' | 'slot'>): string {
  return `${server.metadata.uid} ${keyOf(server.metadata)} ${slot.name}`;
}

/** Whether what was there before has been replaced by another certificate. */
export function isReplaced(before: KnownCertificate | undefined, now: CertificateReading): boolean {
  return before !== undefined && !(isReading(before) && before.digest === now.digest);
}

/**
 * The names that a certificate that is made is good for: the address of the server, as far as it is known, and those
 * asked for.
 * @param own names besides
 */
export function namesOf({ source, observed }: Wanted, own: string[]): CertificateNames {
  const { host } = observed.address;
  return sortNames([...(host ? [host] : []), ...own, ...(source.dnsNames ?? [])]);
}
