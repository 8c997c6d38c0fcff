/** What the operator reports of an AnweddolServer. */
import * as z from 'zod';
import { Conditions, Port } from './common-fields.ts';

const Sha256 = z.string().max(64);

const Pool = z.object({
  failedBoots: z.int().min(0).describe('Warm containers that failed to boot, one after the other.'),
  lastFailureTime: z.iso.datetime().optional(),
  lastFailure: z.string().max(256).optional().describe('Why the last one failed.'),
  machineSha256: Sha256.optional().describe('What the machines that failed were made of.'),
});

const Certificate = z.object({
  secretName: z.string().max(253).optional().describe('The Secret that server pods have.'),
  notAfter: z.iso.datetime().optional().describe('When it expires.'),
  made: z
    .array(z.enum(['Secret', 'Certificate']))
    .max(2)
    .optional()
    .describe('What the operator makes for it, and will delete when it is not asked for any more.'),
});

export const AnweddolServerStatus = z.object({
  observedGeneration: z.int().optional().describe('The generation of the spec that this status is about.'),
  phase: z
    .string()
    .max(64)
    .optional()
    .describe(
      'Ready, Degraded, Pending, Blocked, Paused, Invalid or Deleting: for people; programs read the conditions.',
    ),
  replicas: z.int().optional().describe('Server pods that there are.'),
  readyReplicas: z.int().optional().describe('Server pods that clients can connect to.'),
  selector: z.string().max(1024).optional().describe('What selects the server pods, for the scale subresource.'),
  conditions: Conditions.optional().describe(
    'What holds of the server; each reason is explained in deploy/reasons.md.',
  ),
  address: z
    .object({
      host: z.string().max(253).optional().describe('Address or name. Absent with type NodePort: any node.'),
      port: Port.optional(),
      webPort: Port.optional(),
    })
    .optional()
    .describe('Where clients connect to.'),
  publicKey: z
    .object({
      sha256: Sha256.optional().describe('Absent while each server pod makes a key of its own.'),
      secretName: z.string().max(253).optional().describe('Where the key is kept.'),
      previousSha256: Sha256.optional().describe('Of the key before, while server pods still have it.'),
      previousSecretName: z.string().max(253).optional(),
      nextSecretName: z.string().max(253).optional().describe('Where the next key will be kept; it is being made.'),
    })
    .optional()
    .describe("SHA-256 of the server's RSA public key (DER SubjectPublicKeyInfo), hex."),
  certificates: z
    .object({ tls: Certificate.optional(), web: Certificate.optional() })
    .optional()
    .describe('What the server proves who it is with: for TLS on the listening port, and for the web server.'),
  iso: z
    .object({
      sha256: Sha256,
      fingerprint: Sha256.describe('Of the source and the digest that were checked together.'),
      since: z.iso.datetime().optional().describe('When it was first found so.'),
    })
    .optional()
    .describe('The ISO that was last found to be the announced one.'),
  isoVolumes: z
    .array(z.string().max(253))
    .max(32)
    .optional()
    .describe('DataVolumes that ISOs were downloaded into, and that are not removed yet.'),
  containers: z
    .object({
      running: z.int().describe('Given out to clients.'),
      warm: z.int().describe('Booted, and nobody’s yet.'),
      starting: z.int().describe('Booting, or being set up for a client.'),
      ending: z.int(),
      max: z.int(),
    })
    .optional()
    .describe('How the slots are used.'),
  pool: Pool.optional().describe('How keeping warm containers goes.'),
});

export type AnweddolServerStatus = z.infer<typeof AnweddolServerStatus>;
