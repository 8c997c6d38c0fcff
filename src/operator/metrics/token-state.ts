import type { Reason } from '../../api/reasons.ts';
import type { AnweddolAccessToken } from '../../api/resources.ts';
import type { TokenState } from './operator-metrics.ts';

const BY_REASON: Partial<Record<Reason, TokenState>> = {
  TokenUsable: 'usable',
  TokenNotRequired: 'usable',
  TokenDisabled: 'disabled',
  TokenExpired: 'expired',
  TokenLeftOut: 'leftOut',
};

/** How it stands with the tokens for a server; one that nothing is said of yet is not counted. */
export function countTokens(tokens: readonly AnweddolAccessToken[]): Record<TokenState, number> {
  const counts: Record<TokenState, number> = { usable: 0, disabled: 0, expired: 0, leftOut: 0, broken: 0 };
  for (const { status } of tokens) {
    const reason = status?.conditions?.find(({ type }) => type === 'Ready')?.reason;
    if (reason) counts[BY_REASON[reason as Reason] ?? 'broken'] += 1;
  }
  return counts;
}
