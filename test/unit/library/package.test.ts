import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { VERSION } from '../../../src/version.ts';
import { examples, type InstalledPackage, installPackage } from './installed-package.ts';

const TSC = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
const run = promisify(execFile);

let installed: InstalledPackage;

before(async () => {
  // Neither ssh2 nor anything of Kubernetes: the package has to say what it loads.
  installed = await installPackage(['zod', '@types/node', '@types/ssh2']);
});

after(() => installed[Symbol.asyncDispose]());

/** What a program prints that is run in the project. */
async function printed(code: string): Promise<string> {
  const args = ['--input-type=module', '--eval', code];
  return (await run(process.execPath, args, { cwd: installed.folder })).stdout.trim();
}

test('the client needs nothing that only servers need, and the server nothing of Kubernetes', async () => {
  const client = "import * as library from 'anweddol-operator/client'; console.log(typeof library.ClientInterface)";
  assert.equal(await printed(client), 'function');
  for (const entry of ['anweddol-operator', 'anweddol-operator/server']) {
    const loaded = `try { await import('${entry}') } catch (error) { console.log(error.code, /'[^']*'/.exec(error.message)[0]) }`;
    assert.equal(await printed(loaded), "ERR_MODULE_NOT_FOUND 'ssh2'");
  }
});

test('the package holds the library, its page and the command, and no sources, tests or maps', () => {
  assert.ok(installed.files.includes('src/LIBRARY.md'));
  const others = installed.files.filter((path) => !/^dist\/library\/.*(\.js|\.d\.ts)$|^dist\/[\w-]+\.js$/.test(path));
  assert.deepEqual(others.sort(), ['LICENSE', 'README.md', 'package.json', 'src/LIBRARY.md']);
});

test('the examples pass the strictest check against the declarations', async () => {
  const programs = await examples();
  assert.deepEqual([...programs.keys()], ['qemu-backend.ts', 'server.ts', 'client.ts', 'doors.ts']);
  for (const [name, code] of programs) await writeFile(join(installed.folder, name), code);
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2024', lib: ['esnext'], types: ['node'], noEmit: true },
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
    ...{ erasableSyntaxOnly: true, verbatimModuleSyntax: true, allowImportingTsExtensions: true },
  };
  await writeFile(join(installed.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const { stdout } = await run(process.execPath, [TSC], { cwd: installed.folder }).catch((error) => error);
  assert.equal(stdout, '');
});

test('a wrong use of the library does not pass the check', async () => {
  const wrong = "import { ServerInterface } from 'anweddol-operator';\nnew ServerInterface({ listenPort: '6150' });\n";
  await writeFile(join(installed.folder, 'wrong.ts'), wrong);
  const args = [TSC, '--noEmit', '--strict', '--module', 'nodenext', '--types', 'node', '--ignoreConfig', 'wrong.ts'];
  const { stdout } = await run(process.execPath, args, { cwd: installed.folder }).catch((error) => error);
  assert.match(stdout, /^wrong\.ts\(2,23\): error TS2322: Type 'string' is not assignable to type 'number'/);
});

test('the command runs from the package', async () => {
  const command = join(installed.folder, 'node_modules/anweddol-operator/dist/anwdl.js');
  const { stdout } = await run(process.execPath, [command, '--version']);
  assert.equal(stdout.trim(), VERSION);
});
