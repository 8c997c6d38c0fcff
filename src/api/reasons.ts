/**
 * Every reason that stands in a condition or an Event: stable names, for programs to rely on. What each means, and what
 * to do, is made into deploy/reasons.md.
 */

import { CONTAINER_REASONS, CREATE_REASONS, POOL_REASONS, STORY_REASONS } from './reasons/containers.ts';
import { CERTIFICATE_REASONS, KEY_REASONS } from './reasons/identity.ts';
import { ISO_REASONS } from './reasons/iso.ts';
import { PLATFORM_REASONS } from './reasons/platform.ts';
import { ADDRESS_REASONS, SERVER_REASONS } from './reasons/server.ts';
import { TOKEN_REASONS } from './reasons/tokens.ts';

export const REASONS = {
  ...SERVER_REASONS,
  ...ADDRESS_REASONS,
  ...PLATFORM_REASONS,
  ...ISO_REASONS,
  ...KEY_REASONS,
  ...CERTIFICATE_REASONS,
  ...POOL_REASONS,
  ...TOKEN_REASONS,
  ...STORY_REASONS,
  ...CONTAINER_REASONS,
  ...CREATE_REASONS,
} as const;

export type Reason = keyof typeof REASONS;
