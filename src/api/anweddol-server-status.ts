/** What the operator reports of an AnweddolServer. */
import { z } from 'zod';
import { Conditions, Port } from './common-fields.ts';

const Sha256 = z.string().max(64);

const Pool = z.object({
  failedBoots: z.int().min(0).describe('Warm containers that failed to boot, one after the other.'),
  lastFailureTime: z.iso.datetime().optional(),
  lastFailure: z.string().max(256).optional().describe('Why the last one failed.'),
});

export const AnweddolServerStatus = z.object({
  observedGeneration: z.int().optional(),
  phase: z.string().max(64).optional().describe('For people; programs read the conditions.'),
  replicas: z.int().optional(),
  readyReplicas: z.int().optional(),
  selector: z.string().max(1024).optional(),
  conditions: Conditions.optional(),
  address: z
    .object({ host: z.string().max(253).optional(), port: Port.optional(), webPort: Port.optional() })
    .optional()
    .describe('Where clients connect to.'),
  publicKey: z
    .object({
      sha256: Sha256,
      secretName: z.string().max(253).optional().describe('Where the key is kept.'),
      previousSha256: Sha256.optional().describe('Of the key before, while server pods still have it.'),
      previousSecretName: z.string().max(253).optional(),
    })
    .optional()
    .describe("SHA-256 of the server's RSA public key (DER SubjectPublicKeyInfo), hex."),
  iso: z
    .object({
      sha256: Sha256,
      fingerprint: Sha256.describe('Of the source and the digest that were checked together.'),
    })
    .optional()
    .describe('The ISO that was last found to be the announced one.'),
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
