import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ENTRYPOINT = fileURLToPath(new URL('../../../../src/main/entrypoint.ts', import.meta.url));

/** Runs before the program: the machine seems to have eight cores, and at its end the process tells what threads it has. */
const PRELOAD = `data:text/javascript,${encodeURIComponent(`
  import { readdirSync, readFileSync } from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  import os from 'node:os';
  os.availableParallelism = () => 8;
  syncBuiltinESMExports();
  const nameOf = (thread) => readFileSync('/proc/self/task/' + thread + '/comm', 'utf8').trim();
  process.on('exit', () => {
    const threads = readdirSync('/proc/self/task').map(nameOf);
    process.stdout.write(threads.filter((name) => name === 'libuv-worker').length + ' threads');
  });
`)}`;

test('the server program has threads for the private key on every core: what it does first does not fix the pool', async () => {
  const { UV_THREADPOOL_SIZE: _, ...env } = process.env;
  // It ends where it finds no settings, which it reads on a thread of the pool.
  const child = spawn(process.execPath, ['--import', PRELOAD, ENTRYPOINT, 'server'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env,
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  assert.match(said, /^16 threads$/m);
});
