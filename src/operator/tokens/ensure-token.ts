import type { AnweddolAccessToken } from '../../api/resources.ts';
import { isAlreadyExists, refusalOf } from '../../kube/errors.ts';
import { Secret } from '../../kube/resources.ts';
import type { Finding } from '../conditions.ts';
import type { Context } from '../context.ts';
import { isRemainsOfEarlier, textIn, tokenSecret, tokenSecretName } from './token-secret.ts';
import { isTokenSha256, newToken, tokenSha256 } from './token-text.ts';

/** What servers are to know of a token; or why there is none. */
type EnsuredToken = { sha256: string } | { finding: Finding };

/** Nothing tells of a Secret: it is looked at again after this. */
const SECRET_AGAIN_MS = 60_000;

/**
 * The SHA-256 of the token, which is made when there never was one. Once the status has the hash, the Secret is not looked
 * at again: it is its reader's, to keep or to delete. So the Secret is stored first, and after a crash in between the
 * hash comes from the Secret.
 * @param token as stored now: a cache may not show yet that the status has the hash, and the Secret may be gone by then
 */
export async function ensureToken(
  token: AnweddolAccessToken,
  context: Pick<Context, 'kube'>,
  signal: AbortSignal,
): Promise<EnsuredToken> {
  const { sha256, secretName } = token.status ?? {};
  if (isTokenSha256(sha256)) return { sha256 };
  const { kube } = context;
  const name = tokenSecretName(token);
  const secret = await kube.get(Secret, name, { signal });
  if (secret && isRemainsOfEarlier(secret, token)) {
    await kube.delete(Secret, name, { ...(secret.metadata.uid && { uid: secret.metadata.uid }), signal });
    return ensureToken(token, context, signal);
  }
  if (secret) {
    const text = textIn(secret, token);
    return text ? { sha256: tokenSha256(text) } : { finding: taken(name.name) };
  }
  if (secretName) return { finding: lost(name.name) };
  return makeToken(token, context, signal);
}

async function makeToken(
  token: AnweddolAccessToken,
  context: Pick<Context, 'kube'>,
  signal: AbortSignal,
): Promise<EnsuredToken> {
  const text = newToken();
  const manifest = tokenSecret(token, text);
  try {
    await context.kube.create(Secret, manifest, { signal });
  } catch (error) {
    // An earlier try got there, though its answer did not come back.
    if (isAlreadyExists(error)) return ensureToken(token, context, signal);
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return { finding: refused(manifest.metadata.name, withoutToken(refusal.message, text)) };
  }
  return { sha256: tokenSha256(text) };
}

/** An admission may quote what it refuses. */
function withoutToken(message: string, text: string): string {
  return message.replaceAll(text, '…').replaceAll(Buffer.from(text).toString('base64'), '…').slice(0, 1024);
}

function taken(name: string): Finding {
  const message = `there is a Secret ${name} already that is not of this token: delete it, or give the token another name`;
  return { status: 'False', reason: 'TokenSecretTaken', message, againMs: SECRET_AGAIN_MS };
}

function lost(name: string): Finding {
  const message = `neither the status nor a Secret ${name} has the token any more: delete this resource, and make another`;
  return { status: 'False', reason: 'TokenSecretLost', message };
}

function refused(name: string, why: string): Finding {
  const message = `the Secret ${name} was refused: ${why}`;
  return { status: 'False', reason: 'TokenSecretRefused', message, againMs: SECRET_AGAIN_MS };
}
