import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { faultsOf } from '../dashboards/query-names.ts';
import { allMetrics } from '../dashboards/registries.ts';
import { havePromtool, promtool } from './promtool.ts';
import { RULES, readAlerts } from './rules.ts';

const CASES = fileURLToPath(new URL('cases/', import.meta.url));
/** More are read by nobody. */
const MOST = 10;

interface Cases {
  tests: { name: string; alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
}

before(havePromtool);

const alerts = await readAlerts();

test('Prometheus takes the rules', async () => {
  const { code, output } = await promtool(['check', 'rules', '--lint=all', '--lint-fatal', RULES]);
  assert.equal(code, 0, output);
});

for (const { alert } of alerts) {
  test(`${alert} fires for its case, and is silent where little is missing for it`, async () => {
    const file = `${CASES}${alert}.yaml`;
    const { code, output } = await promtool(['test', 'rules', file]);
    assert.equal(code, 0, output);
    const cases: Cases = parse(await readFile(file, 'utf8'));
    const checks = cases.tests.flatMap(({ alert_rule_test: checked }) => checked);
    assert.ok(checks.every(({ alertname }) => alertname === alert));
    assert.ok(checks.some(({ exp_alerts }) => exp_alerts.length > 0));
    const isSilent = ({ alert_rule_test: checked }: Cases['tests'][number]) =>
      checked.every(({ exp_alerts }) => exp_alerts.length === 0);
    assert.ok(cases.tests.some(isSilent));
  });
}

test('there are cases for these alerts, and no others', async () => {
  assert.deepEqual((await readdir(CASES)).sort(), alerts.map(({ alert }) => `${alert}.yaml`).sort());
});

test('they are few, wait before they fire, and say how bad it is and what is the matter', () => {
  assert.ok(alerts.length <= MOST);
  for (const { alert, labels, annotations, for: wait } of alerts) {
    assert.match(wait, /^\d+[mh]$/, alert);
    assert.ok(['critical', 'warning'].includes(labels.severity ?? ''), alert);
    assert.ok(annotations.summary?.endsWith('.') && annotations.description?.endsWith('.'), alert);
  }
});

test('they ask only for what the programs export', () => {
  const metrics = allMetrics();
  const faults = alerts.flatMap(({ alert, expr, annotations }) =>
    [expr, ...queriesIn(annotations.description ?? '')].flatMap((query) =>
      faultsOf(query, metrics).map((fault) => `${alert}: ${fault}`),
    ),
  );
  assert.deepEqual(faults, []);
});

/** Those in the template of an annotation. */
function queriesIn(template: string): string[] {
  return [...template.matchAll(/printf "([^"]+)"/g)].map(([, query = '']) => query);
}
