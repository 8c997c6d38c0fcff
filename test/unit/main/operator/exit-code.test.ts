import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { VERSION } from '../../../../src/version.ts';
import { Program } from './program.ts';

/** Of an API server that isn't there. */
const NOWHERE = JSON.stringify({
  clusters: [{ name: 'test', cluster: { server: 'http://127.0.0.1:9' } }],
  users: [{ name: 'test', user: { token: 'a-very-secret-token' } }],
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  'current-context': 'test',
});
const RUN = ['--server-image=operator:1', '--kubeconfig', NOWHERE, '--metrics-address=0', '--log-level=debug'];

test('help and version go to standard output and end with 0', async () => {
  await using help = new Program(['--help']);
  assert.equal(await help.ended, 0);
  assert.match(help.stdout, /^Usage: operator/);
  await using version = new Program(['--version']);
  assert.equal(await version.ended, 0);
  assert.equal(version.stdout, `${VERSION}\n`);
});

test('a wrong configuration ends it with 2, each fault in one line', async () => {
  await using program = new Program(['--concurrency', '0'], { ANWEDDOL_LOG_LEVEL: 'loud' });
  assert.equal(await program.ended, 2);
  const lines = program.stderr.trim().split('\n');
  assert.equal(lines.length, 4, program.stderr);
  assert.ok(lines.slice(0, 3).every((line) => line.startsWith('operator: ')));
  assert.equal(program.stdout, '');
});

test('a kubeconfig that leads nowhere ends it with 2', async () => {
  await using missing = new Program(['--server-image=operator:1', '--kubeconfig=/nonexistent/kubeconfig']);
  assert.equal(await missing.ended, 2);
  assert.match(missing.stderr, /^operator: .*\/nonexistent\/kubeconfig/);
  await using none = new Program(['--server-image=operator:1']);
  assert.equal(await none.ended, 2);
  assert.match(none.stderr, /no cluster to talk to/);
});

test('an address that is taken ends it with 1, and the option is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await using program = new Program([...RUN, `--health-address=127.0.0.1:${port}`]);
  assert.equal(await program.ended, 1);
  other.close();
  assert.match(program.stderr, /--health-address: .*EADDRINUSE/);
});

for (const leaderElect of [true, false]) {
  test(`SIGTERM ends it with 0, the API server away, leader election ${leaderElect ? 'on' : 'off'}`, async () => {
    await using program = new Program([...RUN, '--health-address=127.0.0.1:0', `--leader-elect=${leaderElect}`]);
    const { address } = await program.line('serving health');
    assert.equal((await fetch(`http://${address}/healthz`)).status, 200);
    const ready = await fetch(`http://${address}/readyz`);
    assert.equal(ready.status, 503);
    assert.match(await ready.text(), /\[-\]caches failed: not listed yet: servers/);
    program.child.kill('SIGTERM');
    assert.equal(await program.ended, 0);
    assert.equal(program.lines.at(-1)?.msg, 'stopped');
    assert.ok(!program.stdout.includes('a-very-secret-token'));
  });
}
