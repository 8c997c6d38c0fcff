import { AnweddolAccessTokenSpec, type AnweddolAccessTokenStatus } from '../../api/anweddol-access-token.ts';
import { AnweddolAccessToken } from '../../api/resources.ts';
import { keyOf } from '../../kube/objects.ts';
import { againAt, done, type Outcome } from '../../runtime/outcome.ts';
import type { Finding } from '../conditions.ts';
import { applyTokenStatus } from './apply-token-status.ts';
import { ensureToken } from './ensure-token.ts';
import type { TokenContext } from './token-context.ts';
import { tokenFinding } from './token-finding.ts';
import type { TokenLists } from './token-lists.ts';
import { tokenSecretName } from './token-secret.ts';
import { isTokenSha256 } from './token-text.ts';

/** Makes the token of one AnweddolAccessToken, once, and says in the status whether it is good now. */
export async function reconcileToken(
  key: string,
  context: TokenContext,
  lists: TokenLists,
  signal: AbortSignal,
): Promise<Outcome> {
  const token = await storedToken(key, context, signal);
  if (!token || token.metadata.deletionTimestamp) return done(); // its Secret goes with it, and the list is without it
  const spec = AnweddolAccessTokenSpec.safeParse(token.spec);
  if (!spec.success) {
    const why = spec.error.issues.map(({ path, message }) => `spec.${path.join('.')}: ${message}`).join('; ');
    const finding = { status: 'False', reason: 'SpecInvalid', message: why.slice(0, 1024) } as const;
    await applyTokenStatus(token, { finding, known: knownOf(token) }, context, signal);
    return done();
  }
  const ensured = await ensureToken(token, context, signal);
  const now = context.clock.now();
  if ('finding' in ensured) {
    await applyTokenStatus(token, { finding: ensured.finding, known: knownOf(token) }, context, signal);
    return outcome(ensured.finding, undefined, now);
  }
  const serverKey = keyOf({ namespace: token.metadata.namespace, name: spec.data.serverName });
  const server = context.caches.servers.get(serverKey);
  const isLeftOut = lists.isLeftOut(serverKey, key) ?? wasLeftOut(token);
  const finding = tokenFinding(spec.data, { server, isLeftOut, now });
  const known = { secretName: tokenSecretName(token).name, sha256: ensured.sha256 };
  await applyTokenStatus(token, { finding, known }, context, signal);
  return outcome(finding, spec.data.expiresAt, now);
}

/** From the cache once its status has the hash; else as the API server has it, since the cache may not show our own write. */
async function storedToken(key: string, { kube, caches }: TokenContext, signal: AbortSignal) {
  const cached = caches.tokens.get(key);
  if (!cached || isTokenSha256(cached.status?.sha256)) return cached;
  return kube.get(AnweddolAccessToken, cached.metadata, { signal });
}

function knownOf({ status }: AnweddolAccessToken): Pick<AnweddolAccessTokenStatus, 'secretName' | 'sha256'> {
  const { secretName, sha256 } = status ?? {};
  return { ...(secretName && { secretName }), ...(sha256 && { sha256 }) };
}

/** After a restart the lists are compiled later than tokens are looked at. */
function wasLeftOut({ status }: AnweddolAccessToken): boolean {
  return status?.conditions?.some(({ reason }) => reason === 'TokenLeftOut') ?? false;
}

function outcome({ againMs }: Finding, expiresAt: string | undefined, now: number): Outcome {
  if (againMs !== undefined) return againAt(now + againMs);
  const end = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
  return end > now ? againAt(end) : done();
}
