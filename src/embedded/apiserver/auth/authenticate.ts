/** Who a request is from: the bearer of the admin token or of a ServiceAccount's. There is nobody anonymous. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServiceAccountTokens } from './service-account-tokens.ts';
import { ADMINS, AUTHENTICATED, type User } from './user.ts';

const ADMIN: User = { name: 'kubernetes-admin', groups: [ADMINS, AUTHENTICATED] };

/** @param now milliseconds since the epoch */
export function authenticate(
  authorization: string | undefined,
  adminToken: string,
  tokens: ServiceAccountTokens,
  now: number,
): User | undefined {
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  return timingSafeEqual(digest(token), digest(adminToken)) ? ADMIN : tokens.verify(token, now);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
