import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAnwdl } from '../../support/run-anwdl.ts';

const PIN = `SHA256:${'A'.repeat(43)}`;

const unusable: Record<string, string> = {
  'stat a:b': '"a:b" is not HOST or HOST:PORT',
  'forget a:b': '"a:b" is not HOST or HOST:PORT',
  'stat --web --generation 3 host': '--web speaks HTTP, which has no generations: leave out --generation or --web',
  'stat --web --generation auto host': '--web speaks HTTP, which has no generations: leave out --generation or --web',
  'stat --web --key-bits 2048 host': '--web speaks HTTP, which needs no RSA key: leave out --key-bits or --web',
  [`stat --web --pin ${PIN} host`]: '--web without --tls has no server key: add --tls, or leave out --pin',
  'stat --web --insecure host': '--web without --tls has no server key: add --tls, or leave out --insecure',
  'stat --web --known-servers x host': '--web without --tls has no server key: add --tls, or leave out --known-servers',
  'stat --tls-ca ca.pem host': '--tls-ca is for TLS: add --tls, or leave it out',
  'stat --tls-server-name x host': '--tls-server-name is for TLS: add --tls, or leave it out',
  [`stat --insecure --pin ${PIN} host`]: '--pin accepts one key and --insecure any: leave out one of them',
  [`stat --tls --tls-ca x --pin ${PIN} host`]: 'a key of --pin needs no authority: leave out --tls-ca or --pin',
  'stat --tls --tls-ca x --insecure host': '--insecure asks no authority: leave out --tls-ca or --insecure',
  [`stat --known-servers x --pin ${PIN} host`]:
    '--pin does not look at the known servers: leave out --known-servers or --pin',
  'stat --known-servers x --insecure host':
    '--insecure does not look at the known servers: leave out --known-servers or --insecure',
  'destroy --token - --access-token - --uuid x host':
    'standard input can be read once: give --token or --access-token in another way than "-"',
  'destroy --uuid x host': 'the client token is missing: give --token, ANWDL_TOKEN, or --token - and standard input',
  'stat --tls --tls-ca /nowhere/ca.pem host':
    'no CA certificate can be read from /nowhere/ca.pem: no such file or folder',
};
for (const [line, message] of Object.entries(unusable)) {
  test(`"anwdl ${line}" is wrong usage, and one line says what to do`, async () => {
    assert.deepEqual(await runAnwdl(line.split(' ')), { code: 64, stdout: '', stderr: `anwdl: ${message}\n` });
  });
}

const wrong: Record<string, string> = {
  dance: "error: unknown command 'dance'",
  stat: "error: missing required argument 'server'",
  'destroy host': "error: required option '--uuid <uuid>' not specified",
  'stat host --timeout soon':
    "error: option '--timeout <seconds>' argument 'soon' is invalid. It is a number of seconds, at most 86400.",
  'stat host --key-bits 64':
    "error: option '--key-bits <bits>' argument '64' is invalid. It is one of 2048, 3072, 4096.",
  'stat host --generation 4':
    "error: option '--generation <1|2|3|auto>' argument '4' is invalid. It is one of 1, 2, 3, auto.",
  'stat host --pin nonsense':
    "error: option '--pin <SHA256:…>' argument 'nonsense' is invalid. not a fingerprint of a public key: it has to be SHA256:<base64>, sha256//<base64>, sha256:<hex> or 64 hex digits",
};
for (const [line, message] of Object.entries(wrong)) {
  test(`"anwdl ${line}" is wrong usage`, async () => {
    assert.deepEqual(await runAnwdl(line.split(' ')), { code: 64, stdout: '', stderr: `${message}\n` });
  });
}

test('no command is wrong usage, and shows the help', async () => {
  const { code, stderr } = await runAnwdl([]);
  assert.equal(code, 64);
  assert.match(stderr, /^Usage: anwdl /);
});

test('the help of each command has examples, and exit codes once', async () => {
  for (const command of ['', 'stat', 'create', 'destroy', 'ssh', 'known', 'forget']) {
    const { code, stdout, stderr } = await runAnwdl([...(command ? [command] : []), '--help']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`Examples:\n[^:]* ?anwdl ${command}`), command);
    assert.equal(stdout.split('Exit codes:').length, 2, command);
    assert.equal(stdout.includes('undefined'), false);
  }
});

test('the flags of a server are in groups', async () => {
  for (const command of ['stat', 'create', 'destroy', 'ssh']) {
    const { stdout } = await runAnwdl([command, '--help']);
    const groups = /Options:[\s\S]+How to talk to the server:[\s\S]+Which server to trust:[\s\S]+Who you are:/;
    assert.match(stdout, groups);
    for (const flag of ['generation', 'tls', 'tls-server-name', 'tls-ca', 'web', 'pin', 'insecure', 'access-token']) {
      assert.match(stdout, new RegExp(`^ +--${flag} `, 'm'));
    }
  }
});

test('the help says what a known key proves', async () => {
  const { stdout } = await runAnwdl(['create', '--help']);
  assert.match(stdout, /with --tls +Whoever answers has the key\.\n/);
  assert.match(
    stdout,
    /without --tls +The protocol has no proof of who answers\. A changed key is a sign [\s\S]+ no proof/,
  );
});
