/**
 * `HELM=… node deploy/chart/render.ts`: writes deploy/operator/operator.yaml from the chart. With `--check` it writes nothing and
 * fails when it differs.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { plainManifests } from './plain-manifests.ts';

const NAMESPACE = 'anweddol-system';
const PATH = 'deploy/operator/operator.yaml';
const root = new URL('../../', import.meta.url);

const args = ['template', 'anweddol-operator', 'charts/anweddol-operator', '--namespace', NAMESPACE];
// They are in crds/.
const values = ['--set', 'crds.install=false'];
const { stdout } = await promisify(execFile)(process.env.HELM || 'helm', [...args, ...values], {
  cwd: fileURLToPath(root),
  maxBuffer: 16 << 20,
});
const text = plainManifests(stdout, NAMESPACE);
const file = new URL(PATH, root);
if (!process.argv.includes('--check')) await writeFile(file, text);
else if ((await readFile(file, 'utf8')) !== text) {
  process.stderr.write(`${PATH} is out of date: run \`HELM=… node deploy/chart/render.ts\` and commit the result\n`);
  process.exitCode = 1;
}
