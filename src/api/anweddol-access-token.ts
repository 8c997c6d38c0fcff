/** The AnweddolAccessToken resource: lets whoever has the token use a server that requires one. */
import * as z from 'zod';
import { Conditions, IS_OBJECT_NAME } from './common-fields.ts';
import { celRules } from './crd/cel-rules.ts';

export const AnweddolAccessTokenSpec = z.object({
  serverName: z
    .string()
    .min(1)
    .max(40)
    .meta(
      celRules(IS_OBJECT_NAME, {
        rule: 'self == oldSelf',
        message: 'serverName cannot be changed: make another token for that server',
      }),
    )
    .describe('Name of the AnweddolServer, in this namespace, that the token is for. Cannot be changed.'),
  enabled: z
    .boolean()
    .default(true)
    .describe('The token is refused while this is false, and the same token works again afterwards. Default: true.'),
  expiresAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Time (RFC 3339, such as 2030-01-31T12:00:00Z) from which on it is refused. Default: never.'),
  description: z.string().max(200).optional().describe('Whose it is, for people; 200 characters at most.'),
});

export const AnweddolAccessTokenStatus = z.object({
  observedGeneration: z.int().optional(),
  secretName: z
    .string()
    .max(253)
    .optional()
    .describe('The Secret with the token, under the key token. Once read it may be deleted: the token stays valid.'),
  sha256: z.string().max(64).optional().describe('SHA-256 of the token, hex: all that servers know of it.'),
  conditions: Conditions.optional(),
});

export type AnweddolAccessTokenSpec = z.infer<typeof AnweddolAccessTokenSpec>;
export type AnweddolAccessTokenStatus = z.infer<typeof AnweddolAccessTokenStatus>;
