import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { metricsTables } from './metrics-table.ts';
import { DASHBOARDS } from './panels.ts';
import { allMetrics } from './registries.ts';

const BEGIN = '<!-- node test/dashboards/metrics-table.ts -->\n';
const END = '<!-- end -->';

test('the guide tells of each metric: its name, type, labels and meaning', async () => {
  const guide = await readFile(`${DASHBOARDS}README.md`, 'utf8');
  const told = guide.slice(guide.indexOf(BEGIN) + BEGIN.length, guide.indexOf(END));
  assert.equal(told, metricsTables());
});

test('none is missing but those that the library tells of a process', () => {
  const tables = metricsTables();
  const missing = [...allMetrics().keys()].filter((name) => !tables.includes(`\`${name}\``));
  assert.deepEqual(
    missing.filter((name) => !/^(process|nodejs)_/.test(name)),
    [],
  );
});

/** Clients, containers and pods come and go for ever, and each value of a label is kept. */
test('no label names what there is no end of', () => {
  const endless = /^(client|uuid|address|ip|pod|container|token|user|port|path|error|message)$/i;
  const found = [...allMetrics().values()].flatMap(({ name, labelNames }) =>
    labelNames.filter((label) => endless.test(label)).map((label) => `${name} ${label}`),
  );
  assert.deepEqual(found, []);
});
