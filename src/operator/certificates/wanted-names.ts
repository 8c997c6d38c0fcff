/** The names that a certificate is to be good for; pure. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export interface CertificateNames {
  dns: string[];
  ips: string[];
}

/** Names and addresses apart, each once. */
export function sortNames(names: string[]): CertificateNames {
  const known = [...new Set(names.map((name) => name.toLowerCase()))];
  return { dns: known.filter((name) => !isIP(name)), ips: known.filter((name) => isIP(name)) };
}

/** Whether the certificate is good for all of the names; it may have more. */
export function covers(certificate: X509Certificate, { dns, ips }: CertificateNames): boolean {
  const entries = certificate.subjectAltName?.split(', ') ?? [];
  const known = new Set(entries.filter((entry) => entry.startsWith('DNS:')).map((entry) => entry.slice(4)));
  return dns.every((name) => known.has(name)) && ips.every((ip) => certificate.checkIP(ip) !== undefined);
}
