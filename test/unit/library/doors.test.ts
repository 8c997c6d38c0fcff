import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { newAuthority } from '../../support/test-certificates.ts';
import { examples, installPackage } from './installed-package.ts';

test('the example with tokens, an address filter, TLS and the web runs as it stands', async () => {
  await using installed = await installPackage(['zod', 'ssh2']);
  const token = 'T0ken-_'.repeat(18).slice(0, 124);
  const { cert, key } = newAuthority('an authority').issue('a server');
  const files = {
    'doors.ts': (await examples()).get('doors.ts') ?? '',
    'token.txt': token,
    'tokens.json': JSON.stringify({ tokens: [{ sha256: createHash('sha256').update(token).digest('hex') }] }),
    'certificate.pem': cert,
    'key.pem': key,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(installed.folder, name), text)));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['doors.ts'], { cwd: installed.folder });
  assert.deepEqual(stdout.trim().split('\n'), ['over TLS: OK', 'over HTTPS: OK', 'pinned without TLS: PinMismatch']);
  assert.equal(stderr, '');
});
