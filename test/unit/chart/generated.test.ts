import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { alertRules } from '../../../deploy/chart/alert-rules.ts';
import { definitionTemplate } from '../../../deploy/chart/definition-template.ts';
import { generatedFiles } from '../../../deploy/chart/generated-files.ts';
import { documentedValues } from '../../../deploy/chart/values/documented-values.ts';
import { withTable } from '../../../deploy/chart/values/values-table.ts';
import { schemaText } from '../../../deploy/chart/values-schema.ts';
import { DEFINITIONS } from '../../../src/api/crd/definitions.ts';

const ROOT = new URL('../../../', import.meta.url);
const MARKS = ['<!-- values: written by `npm run generate` from values.yaml -->\n', '<!-- end of values -->\n'];

test('what the chart has of other sources is up to date', async () => {
  const { files, leftovers } = await generatedFiles(ROOT);
  assert.equal([...files.keys()].filter((path) => path.includes('/crds/')).length, DEFINITIONS.length);
  for (const [path, text] of files) assert.equal(await readFile(new URL(path, ROOT), 'utf8'), text, path);
  assert.deepEqual(leftovers, []);
});

test('what would be template syntax in a definition stays text', () => {
  const text = 'kind: CustomResourceDefinition\nmetadata:\n  name: a.b\nspec:\n  description: takes {{ name }}\n';
  assert.match(definitionTemplate(text), / {2}description: takes \{\{ "\{\{" \}\} name \}\}\n/);
});

test('a definition of another form is no template by chance', () => {
  assert.throws(() => definitionTemplate('spec:\n  name: a\n'), /metadata\.name/);
});

test('a value has the comment above it; Kubernetes’ own shapes are one value', () => {
  const text = '# Lost.\n\n# One\n# two.\na:\n  # Three.\n  b: []\nresources:\n  limits:\n    memory: 1Gi\nc: 1\n';
  assert.deepEqual(documentedValues(text), [
    { path: 'a.b', fallback: '[]', comment: 'Three.' },
    { path: 'resources', fallback: 'limits:\n  memory: 1Gi', comment: '' },
    { path: 'c', fallback: '1', comment: '' },
  ]);
});

test('a value without a comment, or without a place in the schema, is refused', () => {
  const value = { path: 'replicas', fallback: '1', comment: '' };
  assert.throws(() => withTable(MARKS.join(''), [value]), /replicas has no comment/);
  assert.throws(
    () => schemaText([{ ...value, path: 'replica' }]),
    /values\.yaml has replica, which the schema has not/,
  );
  assert.throws(() => schemaText([value]), /values\.yaml lacks nameOverride, /);
});

test('the table takes the place of the one before', () => {
  const before = `top\n${MARKS.join('old\n')}end\n`;
  const after = withTable(before, [{ path: 'a.b', fallback: 'x:\n  y: [1]', comment: 'this | that' }]);
  assert.equal(
    after,
    `top\n${MARKS.join('| value | default | |\n| --- | --- | --- |\n| `a.b` | `{ x: { y: [ 1 ] } }` | this \\| that |\n')}end\n`,
  );
});

test('alerts are taken from rule files and from PrometheusRules, as one file', () => {
  const files = new Map([
    ['a.yaml', 'groups: [{ name: a, rules: [{ alert: A, annotations: { summary: "{{ $labels.x }}" } }] }]'],
    ['b.yaml', 'kind: PrometheusRule\nspec: { groups: [{ name: b, rules: [] }] }'],
  ]);
  assert.match(alertRules(files), /groups:\n {2}- name: a\n[\s\S]*\{\{ \$labels\.x \}\}[\s\S]* {2}- name: b\n/);
  assert.throws(() => alertRules(new Map([['c.yaml', 'rules: []']])), /deploy\/alerts\/c\.yaml has no groups/);
});
