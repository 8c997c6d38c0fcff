import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Guard } from '../../../../src/embedded/node/guard.ts';

const GUARD = new URL('../../../../src/embedded/node/guard.ts', import.meta.url).href;

test('what a killed process has started ends, its children included, and its folder goes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  const parent = spawn(process.execPath, ['--input-type=module', '-e', parentProgram(folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pids = await printedPids(parent);
  assert.ok(pids.every(isAlive));
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await until(() => !pids.some(isAlive) && !existsSync(folder));
});

test('a closed guard removes the folder and leaves alone what has ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  const guard = new Guard(folder);
  const child = spawn('/bin/true', { detached: true });
  guard.watch(child);
  await once(child, 'exit');
  await guard.close();
  assert.ok(!existsSync(folder));
  await guard.close();
});

/** A process that starts a shell, which starts a program, and prints the numbers of both. */
function parentProgram(folder: string): string {
  return `
    import { spawn } from 'node:child_process';
    import { Guard } from ${JSON.stringify(GUARD)};
    const guard = new Guard(${JSON.stringify(folder)});
    const child = spawn('/bin/sh', ['-c', 'sleep 600 & echo $!; echo $$; wait'], {
      detached: true, stdio: ['ignore', 'pipe', 'inherit'],
    });
    guard.watch(child);
    child.stdout.pipe(process.stdout);
    setInterval(() => {}, 1000);
  `;
}

async function printedPids(parent: ChildProcess): Promise<number[]> {
  assert.ok(parent.stdout);
  const pids: number[] = [];
  for await (const line of createInterface({ input: parent.stdout })) {
    if (pids.push(Number(line)) === 2) break;
  }
  return pids;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = AbortSignal.timeout(10_000);
  while (!holds()) await sleep(20, undefined, { signal: deadline });
}
