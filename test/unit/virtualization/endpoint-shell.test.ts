import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { openEndpointShell } from '../../../src/virtualization/endpoint-shell-instance.ts';
import { startContainerSshServer } from '../../support/container-ssh-server.ts';

const bootstrap = { address: '127.0.0.1', username: 'endpoint', password: 'endpoint', listenPort: 22 };
const soon = () => AbortSignal.timeout(10_000);

test('a fresh user is set up and proves to be able to log in, and the bootstrap user is not any more', async () => {
  await using container = await startContainerSshServer();
  await using shell = await openEndpointShell({ ...bootstrap, port: container.port }, soon());
  const credentials = await shell.administrateContainer(soon());
  assert.match(credentials.username, /^user_[0-9]{5}$/);
  assert.match(credentials.password, /^[0-9A-Za-z]{120}$/);
  assert.match(credentials.hostKeyFingerprint, /^SHA256:[0-9A-Za-z+/]{43}$/);
  assert.equal(
    container.commands[0],
    `sudo /bin/anweddol_container_setup.sh ${credentials.username} ${credentials.password} 22`,
  );
  await assert.rejects(openEndpointShell({ ...bootstrap, port: container.port }, soon()), {
    code: 'EndpointShellFailed',
  });
});

test('a machine that is still booting is dialled until it answers', async () => {
  await using container = await startContainerSshServer({ closedAtFirst: 3 });
  await using shell = await openEndpointShell({ ...bootstrap, port: container.port }, soon());
  assert.ok(shell);
});

test('a setup script that complains fails the container, and the password is not in the message', async () => {
  const setupFails = { code: 3, stderr: 'no such user' };
  await using container = await startContainerSshServer({ setupFails });
  await using shell = await openEndpointShell({ ...bootstrap, port: container.port }, soon());
  await assert.rejects(shell.administrateContainer(soon()), (error: Error & { code?: string }) => {
    const password = container.commands[0]?.split(' ')[3] ?? '';
    assert.equal(error.code, 'EndpointShellFailed');
    assert.match(error.message, /ended with 3: no such user/);
    assert.ok(password.length === 120 && !error.message.includes(password));
    return true;
  });
});

test('a container that breaks off its setup fails as one that cannot be set up', async () => {
  const container = await startContainerSshServer();
  await using shell = await openEndpointShell({ ...bootstrap, port: container.port }, soon());
  const setUp = assert.rejects(shell.administrateContainer(soon()), { code: 'EndpointShellFailed' });
  await container[Symbol.asyncDispose]();
  await setUp;
});

test('a port that says nothing ends with the deadline', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await assert.rejects(openEndpointShell({ ...bootstrap, port }, AbortSignal.timeout(300)), { code: 'StartTimeout' });
  await new Promise((resolve) => silent.close(resolve));
});
