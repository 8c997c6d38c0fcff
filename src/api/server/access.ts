/** Who may come in, and how connections are protected. */
import * as z from 'zod';
import { Cidr, ObjectNameText, Port, SET } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

const IssuerRef = z
  .object({
    name: ObjectNameText.describe('Name of the issuer.'),
    kind: z
      .string()
      .min(1)
      .max(63)
      .default('Issuer')
      .describe('Issuer or ClusterIssuer, or that of another group. Default: Issuer.'),
    group: z.string().min(1).max(253).default('cert-manager.io').describe('Default: cert-manager.io.'),
  })
  .describe("An issuer of cert-manager's, which keeps the certificate new.");

const DNS_NAME = /^([*][.])?[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const DNS_NAME_FAULT = 'must be a DNS name in lower case, such as lab.example.org or *.example.org';

const DnsName = z
  .string()
  .min(1)
  .max(253)
  .refine((text) => DNS_NAME.test(text), DNS_NAME_FAULT)
  .meta(celRules({ rule: `self.matches('${DNS_NAME.source}')`, message: DNS_NAME_FAULT }));

const CERTIFICATE = {
  secretName: ObjectNameText.optional().describe('Name of a Secret of type kubernetes.io/tls that you keep and renew.'),
  issuerRef: IssuerRef.optional(),
  dnsNames: z
    .array(DnsName)
    .max(32)
    .meta(SET)
    .optional()
    .describe('Names in a certificate that is made, 32 at most. The address of the server is in it anyway.'),
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
    enabled: z
      .boolean()
      .default(false)
      .describe('Clients that begin with TLS are answered so; others as ever. Default: false.'),
    ...CERTIFICATE,
  })
  .meta(celRules(ONE_SOURCE, NO_NAMES))
  .prefault({})
  .describe('TLS on the listening port. Default source: a certificate that the operator signs itself.');

export const Web = z
  .object({
    enabled: z.boolean().default(false).describe('Serve the protocol over HTTP too, at port. Default: false.'),
    port: Port.default(8080).describe('Port of the web server, on the Service and the pods. Default: 8080.'),
    tls: z
      .object({
        enabled: z.boolean().default(true).describe('HTTPS. Without it passwords travel in the clear. Default: true.'),
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
      .describe('Only clients with the token of an AnweddolAccessToken of this server are served. Default: false.'),
  })
  .prefault({})
  .describe('Tokens that let clients in.');

export const IpFilter = z
  .object({
    allow: z
      .array(Cidr)
      .max(1024)
      .meta(SET)
      .default([])
      .describe('Networks that may connect, and no others. Empty: all.'),
    deny: z.array(Cidr).max(1024).meta(SET).default([]).describe('Networks that may not connect, whatever allow says.'),
  })
  .meta(
    celRules({
      rule: 'self.allow.size() > 0 || self.deny.size() > 0',
      message: 'allow or deny must list a network; remove ipFilter to let everybody connect',
    }),
  )
  .describe(
    'Which addresses may connect, as CIDRs. Needs service.clientAddress, for else no address is known. Default: all.',
  );
