/** O6: who is told what nobody but its owner may know. */
import type { Version } from '../truth/version.ts';

/** Shorter ones would be found anywhere. */
const SHORTEST = 12;
/** What Secrets hold that is no secret. */
const PUBLIC = new Set([
  'ca.crt',
  'namespace',
  'public.pem',
  'tls.crt',
  'username',
  'address',
  'port',
  'hostKeyFingerprint',
  'tokens.json',
]);

/** The secrets in all Secrets that there ever were. */
export function secretsIn(versions: readonly Version[]): Set<string> {
  const secrets = new Set<string>();
  for (const { kind, object } of versions) {
    if (kind !== 'Secret') continue;
    for (const [key, value] of Object.entries((object.data ?? {}) as Record<string, string>)) {
      const text = Buffer.from(value, 'base64').toString('utf8').trim();
      if (!PUBLIC.has(key) && text.length >= SHORTEST) secrets.add(distinctive(text));
    }
  }
  return secrets;
}

/** Of a key in PEM a line of its middle: logs would not show it as it is in the file. */
function distinctive(text: string): string {
  const lines = text.split('\n');
  return lines.length > 4 ? (lines[Math.floor(lines.length / 2)] ?? text) : text;
}

/** @param texts by where they were found, such as the output of a program */
export function toldSecrets(texts: ReadonlyMap<string, string>, secrets: ReadonlySet<string>): string[] {
  const lines: string[] = [];
  for (const [where, text] of texts) {
    const plain = text.replaceAll('\\n', '\n');
    for (const secret of secrets) {
      if (secret.length >= SHORTEST && plain.includes(secret))
        lines.push(`${where} tells a secret (${secret.slice(0, 3)}…)`);
    }
  }
  return lines;
}

/** All that anybody who may read no Secrets may read, by kind. */
export function readableTexts(versions: readonly Version[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { kind, object } of versions) {
    const shown = kind === 'Secret' ? { metadata: object.metadata } : object;
    texts.set(kind, `${texts.get(kind) ?? ''}\n${JSON.stringify(shown)}`);
  }
  return texts;
}
