/** What a server proves who it is with, and what its containers boot. */
import type { AnweddolServer } from '../../../api/resources.ts';
import { keyOf } from '../../../kube/objects.ts';
import type { KnownKey } from '../../../operator/keys/read-key.ts';
import { duration } from '../../text/duration.ts';
import type { ClusterFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { notKnown } from '../unless-known.ts';

const EXPIRES_SOON_MS = 14 * 86_400_000;

export function serverIdentity(server: AnweddolServer, facts: Pick<ClusterFacts, 'keys' | 'now'>): Finding[] {
  const about = keyOf(server.metadata);
  return [isoFinding(server), keyFinding(server, facts), ...certificateFindings(server, facts.now)].map((finding) => ({
    ...finding,
    about,
  }));
}

function isoFinding({ status }: AnweddolServer): Finding {
  const check = 'server-iso';
  const sha256 = status?.iso?.sha256;
  if (sha256) return { check, result: 'ok', found: `Its ISO has the SHA-256 ${sha256}.` };
  const condition = status?.conditions?.find(({ type }) => type === 'IsoReady');
  const found = `No ISO of it was found to be the announced one${condition ? ` (${condition.reason})` : ''}.`;
  return { check, result: 'failed', found, remedy: 'The condition IsoReady says why: see kubectl describe anwdl.' };
}

function keyFinding(server: AnweddolServer, { keys }: Pick<ClusterFacts, 'keys'>): Finding {
  const check = 'server-key';
  const { sha256, secretName } = server.status?.publicKey ?? {};
  if (server.spec?.keys?.onetime) return { check, result: 'ok', found: 'Each pod makes a key of its own.' };
  if (!sha256 || !secretName) {
    const remedy = 'The condition KeyReady says why: see kubectl describe anwdl.';
    return { check, result: 'failed', found: 'It has no key yet.', remedy };
  }
  const answer = keys.get(keyOf(server.metadata)) ?? { is: 'hidden', why: `nobody asked for Secret ${secretName}` };
  if (answer.is === 'known') return readKey(answer.value, sha256, secretName);
  const unseen = notKnown(answer, check, `Secret ${secretName}`);
  return { ...unseen, found: `By its status the key is SHA256 ${sha256}. ${unseen.found}` };
}

function readKey(key: KnownKey, sha256: string, secretName: string): Finding {
  const check = 'server-key';
  const remedy = 'Put the Secret back, or count up keys.rotation for a new key.';
  if (!key) return { check, result: 'failed', found: `Secret ${secretName} with its key is missing.`, remedy };
  if ('fault' in key) return { check, result: 'failed', found: `${key.fault}.` };
  if (key.sha256 === sha256) return { check, result: 'ok', found: `Its key is SHA256 ${sha256}.` };
  const found = `Secret ${secretName} holds the key SHA256 ${key.sha256}, but its status says ${sha256}.`;
  return { check, result: 'warning', found, remedy: 'If that lasts, look at the condition KeyReady.' };
}

function certificateFindings({ status }: AnweddolServer, now: number): Finding[] {
  const { tls, web } = status?.certificates ?? {};
  return [
    ...(tls?.notAfter ? [certificateFinding('tls', tls.notAfter, now)] : []),
    ...(web?.notAfter ? [certificateFinding('web', web.notAfter, now)] : []),
  ];
}

function certificateFinding(which: string, notAfter: string, now: number): Finding {
  const check = 'server-certificate';
  const left = Date.parse(notAfter) - now;
  const remedy = `Renew it; if the operator or an issuer makes it, look at the condition CertificatesReady.`;
  const what = `The certificate for ${which}`;
  if (!(left > 0)) return { check, result: 'failed', found: `${what} expired at ${notAfter}.`, remedy };
  const found = `${what} expires in ${duration(left)}, at ${notAfter}.`;
  return left < EXPIRES_SOON_MS ? { check, result: 'warning', found, remedy } : { check, result: 'ok', found };
}
