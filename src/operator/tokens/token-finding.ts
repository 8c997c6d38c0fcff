import type { AnweddolAccessTokenSpec } from '../../api/anweddol-access-token.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { Finding } from '../conditions.ts';

interface TokenFacts {
  /** Absent: there is no server of that name. */
  server: AnweddolServer | undefined;
  /** The server's list has no room for it. */
  isLeftOut: boolean;
  /** Milliseconds. */
  now: number;
}

/** Whether the bearer of a token that is made gets in now. */
export function tokenFinding(spec: AnweddolAccessTokenSpec, { server, isLeftOut, now }: TokenFacts): Finding {
  const { enabled, expiresAt, serverName } = spec;
  if (!enabled) return { status: 'False', reason: 'TokenDisabled', message: 'spec.enabled is false' };
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now) {
    return { status: 'False', reason: 'TokenExpired', message: `it was valid until ${expiresAt}` };
  }
  if (!server) {
    const message = `there is no AnweddolServer ${serverName} in this namespace`;
    return { status: 'False', reason: 'ServerMissing', message };
  }
  if (!server.spec.accessTokens?.required) {
    const message = `the server ${serverName} lets everybody in: its accessTokens.required is false`;
    return { status: 'True', reason: 'TokenNotRequired', message };
  }
  if (isLeftOut) {
    const message = `the list of the server ${serverName} is full: delete tokens that nobody needs any more`;
    return { status: 'False', reason: 'TokenLeftOut', message };
  }
  return { status: 'True', reason: 'TokenUsable', message: `the server ${serverName} takes it` };
}
