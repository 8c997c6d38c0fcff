/** Who may come in, and how connections are protected. */
import { z } from 'zod';
import { Cidr, ObjectNameText, Port } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

const IssuerRef = z
  .object({
    name: ObjectNameText,
    kind: z.string().min(1).max(63).default('Issuer'),
    group: z.string().min(1).max(253).default('cert-manager.io'),
  })
  .describe("An issuer of cert-manager's, which keeps the certificate new.");

const CERTIFICATE = {
  secretName: ObjectNameText.optional().describe('Secret of type kubernetes.io/tls that you keep.'),
  issuerRef: IssuerRef.optional(),
  dnsNames: z
    .array(z.string().min(1).max(253))
    .max(32)
    .optional()
    .describe('Names in a certificate that is made. The address of the server is in it anyway.'),
};

const ONE_SOURCE = {
  rule: '!(has(self.secretName) && has(self.issuerRef))',
  message: 'secretName and issuerRef are two sources of one certificate; set one, or none for a self-signed one',
};

const NO_NAMES = {
  rule: '!(has(self.secretName) && has(self.dnsNames))',
  message: 'dnsNames is for a certificate that is made; the one in secretName has its own',
};

/** Where a certificate comes from. Neither Secret nor issuer: the operator signs one itself. */
export const CertificateSource = z.object(CERTIFICATE);
export type CertificateSource = z.infer<typeof CertificateSource>;

export const Tls = z
  .object({
    enabled: z.boolean().default(false).describe('Clients that begin with TLS are answered so; others as ever.'),
    ...CERTIFICATE,
  })
  .meta(celRules(ONE_SOURCE, NO_NAMES))
  .prefault({})
  .describe('TLS on the listening port. Default source: a certificate that the operator signs itself.');

export const Web = z
  .object({
    enabled: z.boolean().default(false).describe('Serve the protocol over HTTP too.'),
    port: Port.default(8080),
    tls: z
      .object({
        enabled: z.boolean().default(true).describe('HTTPS. Without it passwords travel in the clear.'),
        ...CERTIFICATE,
      })
      .meta(celRules(ONE_SOURCE, NO_NAMES))
      .prefault({})
      .describe('Default source: a certificate that the operator signs itself.'),
  })
  .prefault({})
  .describe('The web server.');

export const AccessTokens = z
  .object({
    required: z
      .boolean()
      .default(false)
      .describe('Only clients with the token of an AnweddolAccessToken of this server are served.'),
  })
  .prefault({})
  .describe('Tokens that let clients in.');

export const IpFilter = z
  .object({
    allow: z.array(Cidr).max(1024).default([]).describe('Only these may connect. Empty: all.'),
    deny: z.array(Cidr).max(1024).default([]).describe('These may not, whatever allow says.'),
  })
  .meta(
    celRules({
      rule: 'self.allow.size() > 0 || self.deny.size() > 0',
      message: 'allow or deny must list a network; remove ipFilter to let everybody connect',
    }),
  )
  .describe('Which addresses may connect. Needs service.clientAddress.');
