/**
 * `node deploy/chart/generate.ts`: writes what the chart has of other sources: the CustomResourceDefinitions, the schema of the
 * values and their table, alerts and dashboards. With `--check` it writes nothing and fails when they differ.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatedFiles } from './generated-files.ts';

const root = new URL('../../', import.meta.url);
const isCheck = process.argv.includes('--check');
const { files, leftovers } = await generatedFiles(root);

for (const [path, text] of files) {
  const file = new URL(path, root);
  if (isCheck) {
    if ((await readFile(file, 'utf8').catch(() => '')) !== text) outOfDate(`${path} is out of date`);
  } else {
    await mkdir(new URL(`${dirname(path)}/`, root), { recursive: true });
    await writeFile(file, text);
  }
}
for (const path of leftovers) {
  if (isCheck) outOfDate(`${path} has no source any more`);
  else await rm(new URL(path, root));
}

function outOfDate(what: string): void {
  process.stderr.write(`${what}: run \`npm run generate\` and commit the result\n`);
  process.exitCode = 1;
}
