import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { stringify } from 'yaml';
import { havePromtool, promtool } from '../alerts/promtool.ts';
import { asking, chosenAll, type Dashboard, type Panel, readDashboards } from './panels.ts';
import { faultsOf } from './query-names.ts';
import { allMetrics } from './registries.ts';

/** The last of the classic schema, which every Grafana since 12 reads. */
const SCHEMA = 42;
const TIMES = { rate: '1m', range: '6h' };
const COLUMNS = 24;
/** The data source that whoever looks has chosen. */
const CHOSEN = /^\$\{datasource\}$/;

before(havePromtool);

const dashboards = await readDashboards();

/** Each query with where it stands. */
function queriesOf(dashboard: Dashboard): { where: string; query: string }[] {
  return asking(dashboard).flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      where: `${dashboard.file}: ${title}`,
      query: chosenAll(expr, dashboard, TIMES),
    })),
  );
}

test('there is one for the operator, and one for servers', () => {
  assert.deepEqual(
    dashboards.map(({ file, uid }) => `${file} ${uid}`),
    ['operator anweddol-operator', 'servers anweddol-servers'],
  );
});

for (const dashboard of dashboards) {
  test(`${dashboard.file}: the schema is the current one, and data source and place can be chosen`, () => {
    assert.equal(dashboard.schemaVersion, SCHEMA);
    const variables = dashboard.templating.list.map(({ name, type }) => `${name} ${type}`);
    assert.equal(variables[0], 'datasource datasource');
    assert.ok(variables.includes('namespace query'));
    for (const { datasource, type } of dashboard.templating.list) {
      if (type === 'query') assert.match(datasource?.uid ?? '', CHOSEN);
    }
  });

  test(`${dashboard.file}: Prometheus takes each query`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'dashboards-'));
    t.after(() => rm(folder, { recursive: true }));
    const rules = queriesOf(dashboard).map(({ query }, index) => ({ record: `query:${index}`, expr: query }));
    const file = join(folder, 'queries.yaml');
    await writeFile(file, stringify({ groups: [{ name: 'queries', rules }] }));
    const { code, output } = await promtool(['check', 'rules', file]);
    assert.equal(code, 0, output);
  });

  test(`${dashboard.file}: only what the programs export is asked for`, () => {
    const metrics = allMetrics();
    const variables = dashboard.templating.list.flatMap(({ definition }) => definition ?? []);
    const inVariables = variables.map(
      (definition) => /^label_values\((.+), \w+\)$/.exec(definition)?.[1] ?? definition,
    );
    const queries = [
      ...queriesOf(dashboard),
      ...inVariables.map((query) => ({ where: 'variables', query: chosenAll(query, dashboard, TIMES) })),
    ];
    assert.ok(queries.length > 10);
    const faults = queries.flatMap(({ where, query }) => faultsOf(query, metrics).map((fault) => `${where}: ${fault}`));
    assert.deepEqual(faults, []);
  });

  test(`${dashboard.file}: each panel says what it shows, in which unit, and asks the chosen data source`, () => {
    for (const { title, description, fieldConfig, datasource, targets } of asking(dashboard)) {
      assert.match(description ?? '', /\.$/, title);
      assert.ok(fieldConfig?.defaults.unit, title);
      for (const source of [datasource, ...targets.map((target) => target.datasource)]) {
        assert.match(source?.uid ?? '', CHOSEN, title);
      }
    }
  });

  test(`${dashboard.file}: panels are told apart, lie within the grid, and none covers another`, () => {
    const ids = dashboard.panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      assert.ok(gridPos.x + gridPos.w <= COLUMNS, title);
      for (const cell of cellsOf(gridPos)) {
        assert.ok(!taken.has(cell), `${title} at ${cell}`);
        taken.add(cell);
      }
    }
  });
}

function cellsOf({ x, y, w, h }: Panel['gridPos']): string[] {
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
}
