/** Somebody who follows the guide: a shell in a checkout, with kubectl, helm and anwdl, beside a cluster that has nothing yet. */
import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runFolder } from '../../../src/main/demo/folders.ts';
import { type Lab, startLab } from '../../../src/main/demo/lab.ts';
import { createLog } from '../../../src/observability/log.ts';
import { hollowGuests } from '../../support/hollow-guest.ts';
import { kubectlProgram } from '../../support/kubectl.ts';
import type { Plane } from '../../support/planes.ts';
import { withReadersOwn } from './readers-own.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PATIENCE_MS = 120_000;
const NEXT_LOOK_MS = 200;
/** What the guide applies, installs or builds upon. */
const CHECKED_OUT = ['crds', 'charts', 'deploy/operator', 'deploy/samples'];

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Reader {
  lab: Lab;
  host: string;
  /** The top level of the checkout. */
  checkout: string;
  /** Commands as the guide writes them, in one shell that ends at the first that fails. */
  tries(commands: string): Promise<Ran>;
  /** What they print. @throws Error with all of it when one fails */
  runs(commands: string): Promise<string>;
  /** Looks again until there is something, or the look throws nothing; fails as the last look did. */
  eventually<T>(look: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @param helm the program */
export async function startReader(host: string, plane: Plane, helm: string): Promise<Reader> {
  const folder = await runFolder(`guide-${host}`);
  const stop = new AbortController();
  const controlPlane = await plane.start();
  const isoPath = join(folder.path, 'played.iso');
  await writeFile(isoPath, 'played');
  const lab = await startLab({
    isoPath,
    folder: folder.path,
    host,
    controlPlane,
    hollow: hollowGuests(),
    withoutDefinitions: true,
    // What the guide says to have pushed.
    nextImage: 'registry.example/anweddol-operator:0.1.0',
    log: createLog('test', process.env.LOG_LEVEL ?? 'silent'),
    signal: stop.signal,
  });
  const checkout = await checkedOut(folder.path);
  const path = await programs(folder.path, helm);
  const { items } = JSON.parse(await run(`${kubectlProgram()} get nodes -o json`, folder.path, env()).then(printed));
  const own = { host, node: items[0].metadata.name };

  function env(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${path}:${process.env.PATH}`, KUBECONFIG: lab.kubeconfigPath, HOME: folder.path };
  }
  const tries = (commands: string) => run(withReadersOwn(commands, own), checkout, env());
  return {
    lab,
    host,
    checkout,
    tries,
    runs: async (commands) => printed(await tries(commands)),
    eventually,
    async close() {
      await lab[Symbol.asyncDispose]();
      stop.abort();
      await controlPlane.close();
      await folder.remove();
    },
  };
}

/** A copy, for the reader to change. */
async function checkedOut(folder: string): Promise<string> {
  const checkout = join(folder, 'anweddol-operator');
  for (const part of CHECKED_OUT) await cp(join(ROOT, part), join(checkout, part), { recursive: true });
  return checkout;
}

/** A folder for PATH, with what the guide calls by name. */
async function programs(folder: string, helm: string): Promise<string> {
  const path = join(folder, 'bin');
  await mkdir(path);
  const calls = {
    kubectl: kubectlProgram(),
    helm,
    anwdl: `${process.execPath}' '${join(ROOT, 'dist/anwdl.js')}`,
  };
  for (const [name, call] of Object.entries(calls)) {
    await writeFile(join(path, name), `#!/bin/sh\nexec '${call}' "$@"\n`, { mode: 0o755 });
  }
  return path;
}

function run(commands: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env, timeout: PATIENCE_MS };
    const child = execFile('bash', ['-euo', 'pipefail', '-c', commands], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(new Error(`${commands}${stdout}${stderr}`, { cause: error }));
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
    child.stdin?.end();
  });
}

function printed({ code, stdout, stderr }: Ran): string {
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout}${stderr}`);
  return stdout;
}

async function eventually<T>(look: () => Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  while (true) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(NEXT_LOOK_MS);
  }
}
