import { readFile } from 'node:fs/promises';
import { alertRules } from './alert-rules.ts';
import { withVersion } from './chart-version.ts';
import { definitionTemplate } from './definition-template.ts';
import { filesIn } from './files-in.ts';
import { documentedValues } from './values/documented-values.ts';
import { withTable } from './values/values-table.ts';
import { schemaText } from './values-schema.ts';

const CHART = 'charts/anweddol-operator';

/** The chart's files that come from elsewhere, by path from the top level, and those that are there without a source. */
export async function generatedFiles(root: URL): Promise<{ files: Map<string, string>; leftovers: string[] }> {
  const read = (path: string) => readFile(new URL(path, root), 'utf8');
  const texts = async (folder: string, ending: string) => {
    const names = await filesIn(new URL(`${folder}/`, root), ending);
    return new Map(await Promise.all(names.map(async (name) => [name, await read(`${folder}/${name}`)] as const)));
  };
  const files = new Map<string, string>();
  for (const [name, text] of await texts('crds', '.yaml')) {
    files.set(`${CHART}/templates/crds/${name}`, definitionTemplate(text));
  }
  const rules = await texts('deploy/alerts', '.yaml');
  if (rules.size > 0) files.set(`${CHART}/files/alerts.yaml`, alertRules(rules));
  for (const [name, text] of await texts('deploy/dashboards', '.json')) {
    files.set(`${CHART}/files/dashboards/${name}`, text);
  }
  const values = documentedValues(await read(`${CHART}/values.yaml`));
  files.set(`${CHART}/values.schema.json`, schemaText(values));
  files.set(`${CHART}/README.md`, withTable(await read(`${CHART}/README.md`), values));
  const { version } = JSON.parse(await read('package.json')) as { version: string };
  files.set(`${CHART}/Chart.yaml`, withVersion(await read(`${CHART}/Chart.yaml`), version));
  return { files, leftovers: await leftoversOf(files, root) };
}

/** Files in the folders that hold generated ones only. */
async function leftoversOf(files: Map<string, string>, root: URL): Promise<string[]> {
  const folders = [`${CHART}/templates/crds`, `${CHART}/files/dashboards`];
  const all = folders.map(async (folder) => {
    const names = await filesIn(new URL(`${folder}/`, root), '');
    return names.map((name) => `${folder}/${name}`);
  });
  return (await Promise.all(all)).flat().filter((path) => !files.has(path));
}
