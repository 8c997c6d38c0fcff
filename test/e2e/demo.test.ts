import assert from 'node:assert/strict';
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '../../src/main/demo/folders.ts';
import { PLANES } from '../support/planes.ts';
import { suite } from '../support/suite.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PATIENCE_MS = 240_000;

for (const { name, skip, shared } of PLANES) {
  suite(`the demo on the ${name}`, skip, () => demoWith(shared ? ['--control-plane', 'real'] : []));
}

function demoWith(args: string[]): void {
  test('the demo shows the whole path, and leaves nothing', async () => {
    const demo = startDemo(...args);
    const [code] = await once(demo.child, 'close');
    assert.equal(code, 0, demo.output());
    const [, promised] = /CREATE answered: container \S+, user (user_\d{5}),/.exec(demo.output()) ?? [];
    const [, said] = /the container says:\n\s+(user_\d{5})\n/.exec(demo.output()) ?? [];
    assert.ok(promised, demo.output());
    assert.equal(said, promised);
    assert.match(demo.output(), /nothing is left/);
    await assertNothingOf(demo);
  });

  test('a demo that is kept answers kubectl and a client as a cluster does, until Ctrl-C', async () => {
    const demo = startDemo(...args, '--keep');
    try {
      const [, kubeconfig = ''] = await demo.said(/export KUBECONFIG=(\S+)/);
      const kubectl = (...args: string[]) => run(process.env.KUBECTL ?? 'kubectl', args, { KUBECONFIG: kubeconfig });

      const applied = await kubectl('apply', '-f', 'crds', '-f', 'deploy/samples/server.yaml');
      assert.match(applied, /anweddolserver.anweddol.io\/lab (configured|unchanged)/);
      assert.match(
        await kubectl('get', 'anwdl'),
        /NAME\s+PHASE\s+ADDRESS\s+PORT\s+RUNNING\s+WARM\s+MAX\s+AGE\nlab\s+Ready\s+127\.0\.0\.1\s+6150\s+0\s+0\s+3\s+/,
      );
      assert.match(await kubectl('describe', 'anwdl', 'lab'), /Type:\s+Ready/);
      assert.match(await kubectl('logs', 'deployment/lab-server', '--tail=50'), /serving clients/);
      const explained = await kubectl('explain', 'anweddolserver.spec.containers');
      assert.match(explained, /maxRunning\s+<integer>/);
      assert.match(explained, /Slots: never more virtual machines than this/);

      const program = join(ROOT, 'src/main/anwdl.ts');
      const anwdl = (command: string, ...args: string[]) =>
        run(process.execPath, [program, command, '--insecure', ...args]);
      const said = await anwdl('ssh', '127.0.0.1:6150', '--', 'id', '-un');
      assert.match(said, /^user_\d{5}$/m);

      const container = JSON.parse(await anwdl('create', '127.0.0.1:6150', '-o', 'json'));
      const objects = await kubectl('get', 'vmi,secret,endpointslices');
      const port = container.container_listen_port;
      assert.match(objects, new RegExp(`virtualmachineinstance.kubevirt.io/lab-${port} `));
      assert.match(
        objects,
        new RegExp(`secret/lab-${port}-${container.container_uuid.slice(0, 8)}\\s+anweddol.io/container-credentials`),
      );
      assert.match(objects, new RegExp(`endpointslice.discovery.k8s.io/lab-${port}\\s+IPv4\\s+22`));

      assert.match(await kubectl('delete', 'anwdl', 'lab'), /"lab" deleted/);
      // The garbage collector comes to each in its own time.
      const owned = [`vmi/lab-${port}`, 'deployment/lab-server', 'service/lab'];
      await kubectl('wait', '--for=delete', ...owned, '--timeout=60s');
      assert.equal(
        (await kubectl('get', 'vmi,deployments,services', '-l', 'anweddol.io/server=lab', '-o', 'name')).trim(),
        '',
      );
    } finally {
      demo.child.kill('SIGINT');
      if (demo.child.exitCode === null) await once(demo.child, 'close');
    }
    await assertNothingOf(demo);
  });

  test('a demo that is stopped on its way leaves no process and no file', async () => {
    const demo = startDemo(...args);
    await demo.said(/operator is ready/);
    demo.child.kill('SIGINT');
    await once(demo.child, 'close');
    await assertNothingOf(demo);
  });
}

interface Demo {
  child: ChildProcess;
  output(): string;
  /** Resolves with the first match in what the demo prints. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Every process that the demo was seen to have, itself included. */
  processes: Set<number>;
}

/** The demo's own program rather than npm, so that a signal reaches it and nobody else. */
function startDemo(...args: string[]): Demo {
  const child = spawn(process.execPath, ['src/main/demo.ts', ...args], { cwd: ROOT, timeout: PATIENCE_MS });
  const processes = new Set<number>();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      for (const id of descendantsOf(child.pid ?? 0)) processes.add(id);
    });
  }
  return {
    child,
    processes,
    output: () => output,
    async said(pattern) {
      const ended = new AbortController();
      child.once('close', () => ended.abort(new Error(`the demo ended without saying ${pattern}: ${output}`)));
      while (true) {
        const match = pattern.exec(output);
        if (match) return match;
        await once(child.stdout, 'data', { signal: ended.signal });
      }
    },
  };
}

function descendantsOf(root: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const parents = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]);
  const found = [root];
  for (const id of found) found.push(...parents.filter(([, parent]) => parent === id).map(([child]) => child));
  return found;
}

async function run(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const options = { cwd: ROOT, env: { ...process.env, ...env }, timeout: 120_000 };
  const { stdout } = await promisify(execFile)(program, args, options);
  return stdout;
}

/** Not one of the processes the demo had, and no folder of its run. */
async function assertNothingOf({ child, processes }: Demo): Promise<void> {
  assert.ok(processes.size > 2, 'the demo was never seen to have a process of its own');
  const alive = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  assert.deepEqual(
    alive.filter((row) => processes.has(Number.parseInt(row, 10))),
    [],
  );
  const runs = await readdir(join(cacheFolder(), 'run')).catch(() => []);
  assert.deepEqual(
    runs.filter((name) => name === `demo-${child.pid}`),
    [],
  );
}
