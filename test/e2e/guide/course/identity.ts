/** The key of a server, one of the reader's own, and a certificate. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../../unit/docs/documents.ts';
import type { Reader } from '../reader.ts';
import type { Step } from '../step.ts';
import { answers, fingerprint } from './look.ts';

const KEY_CHANGED = 3;
let before: string;
let own: string;

export const IDENTITY: Step[] = [
  {
    at: 'identity.md: The key of a server',
    async given(reader) {
      await answers(reader);
      before = await fingerprint(reader);
    },
    async shows(reader, { stdout }) {
      assert.ok(stdout.includes(before));
      await reader.eventually(async () => {
        const { code, stderr } = await reader.tries('anwdl stat HOST');
        assert.equal(code, KEY_CHANGED, stderr);
        await isAsPrinted(stderr);
      });
      await reader.eventually(async () => assert.notEqual(await fingerprint(reader), before));
      await reader.runs('anwdl forget HOST');
      await reader.eventually(() => pinned(reader));
    },
  },
  {
    at: 'identity.md: The key of a server (2)',
    async given({ checkout }) {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      await writeFile(join(checkout, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
      own = createHash('sha256')
        .update(publicKey.export({ type: 'spki', format: 'der' }))
        .digest('hex');
    },
    async shows(reader) {
      await reader.eventually(async () => assert.equal(await fingerprint(reader), own));
      await reader.eventually(() => pinned(reader));
    },
  },
  {
    at: 'identity.md: Certificates',
    async shows(_, { stdout }) {
      assert.match(stdout, /^available +\d/m);
    },
  },
];

const pinned = async (reader: Reader) => reader.runs(`anwdl stat HOST --pin ${await fingerprint(reader)}`);

/** What the guide says that clients read, but for its host, folder and fingerprints. */
async function isAsPrinted(stderr: string): Promise<void> {
  const guide = await readFile(new URL('deploy/guide/identity.md', ROOT), 'utf8');
  const [, printed = ''] = /```text\n(anwdl: [\s\S]*?)```/.exec(guide) ?? [];
  const pattern = printed
    .trim()
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('lab\\.example\\.org', '\\S+')
    .replaceAll('SHA256:…', 'SHA256:\\S+')
    .replace('/home/alice/', '\\S+/');
  assert.match(stderr, new RegExp(pattern));
}
