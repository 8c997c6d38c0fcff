/** The AnweddolAccessToken resource: lets whoever has the token use a server that requires one. */
import { z } from 'zod';
import { Conditions, ObjectNameText } from './common-fields.ts';
import { celRules } from './crd/cel-rules.ts';

export const AnweddolAccessTokenSpec = z.object({
  serverName: ObjectNameText.meta(
    celRules({ rule: 'self == oldSelf', message: 'serverName cannot be changed: make another token for that server' }),
  ).describe('The AnweddolServer, in this namespace, that the token is for. Cannot be changed.'),
  enabled: z.boolean().default(true).describe('The token is refused while this is false.'),
  expiresAt: z.iso.datetime({ offset: true }).optional().describe('From then on it is refused. Default: never.'),
  description: z.string().max(200).optional().describe('Whose it is, for people.'),
});

export const AnweddolAccessTokenStatus = z.object({
  observedGeneration: z.int().optional(),
  secretName: z.string().max(253).optional().describe('The Secret with the token, under the key token.'),
  sha256: z.string().max(64).optional().describe('SHA-256 of the token, hex: all that servers know of it.'),
  conditions: Conditions.optional(),
});

export type AnweddolAccessTokenSpec = z.infer<typeof AnweddolAccessTokenSpec>;
export type AnweddolAccessTokenStatus = z.infer<typeof AnweddolAccessTokenStatus>;
