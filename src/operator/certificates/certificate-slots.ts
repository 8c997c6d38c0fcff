import type { AnweddolServer } from '../../api/resources.ts';
import type { CertificateSource } from '../../api/server/access.ts';

/** A place for a certificate in a server. */
export interface CertificateSlot {
  name: 'tls' | 'web';
  /** Where the fields stand, for what people are told. */
  field: 'spec.tls' | 'spec.web.tls';
  /** What is mounted into server pods. */
  volume: 'tls' | 'web-tls';
  /** Of the Secret, or the Certificate, that the operator makes. */
  objectName: string;
  /** Undefined: no certificate is asked for. */
  source: CertificateSource | undefined;
}

export function certificateSlots(server: AnweddolServer): CertificateSlot[] {
  const { tls, web } = server.spec;
  const { name } = server.metadata;
  return [
    {
      name: 'tls',
      field: 'spec.tls',
      volume: 'tls',
      objectName: `${name}-tls`,
      source: tls.enabled ? tls : undefined,
    },
    {
      name: 'web',
      field: 'spec.web.tls',
      volume: 'web-tls',
      objectName: `${name}-web-tls`,
      source: web.enabled && web.tls.enabled ? web.tls : undefined,
    },
  ];
}
