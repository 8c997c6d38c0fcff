import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { parse } from 'yaml';
import { LABEL_COMPONENT, LABEL_SERVER } from '../../src/api/names.ts';
import { deployment } from '../../src/operator/desired/deployment.ts';
import { havePromtool, promtool } from '../alerts/promtool.ts';
import { sampleSettings } from '../support/sample-machine.ts';
import { sampleServer } from '../support/sample-server.ts';
import { DASHBOARDS } from './panels.ts';

interface ScrapeConfig {
  job_name: string;
  relabel_configs: { source_labels: string[]; regex?: string; action?: string; target_label?: string }[];
}

const DISCOVERY = /kubernetes_sd_configs: \[\{ role: pod \}\]/g;

before(havePromtool);

async function scrapeConfigs(): Promise<{ text: string; jobs: ScrapeConfig[] }> {
  const guide = await readFile(`${DASHBOARDS}README.md`, 'utf8');
  const text = /```yaml\n([^`]+)```/.exec(guide)?.[1] ?? '';
  return { text, jobs: parse(text).scrape_configs };
}

test('Prometheus takes the scrape configuration of the guide', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'guide-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'prometheus.yaml');
  const { text } = await scrapeConfigs();
  assert.match(text, DISCOVERY);
  // Debian's Prometheus is built without discovery in Kubernetes.
  await writeFile(file, text.replaceAll(DISCOVERY, 'static_configs: []'));
  const { code, output } = await promtool(['check', 'config', '--syntax-only', file]);
  assert.equal(code, 0, output);
});

test('it keeps the pods that the operator makes, and the port of their metrics, and names their server', async () => {
  const job = (await scrapeConfigs()).jobs.find(({ job_name: name }) => name === 'anweddol-server');
  const secrets = { key: undefined, tls: undefined, web: undefined };
  const made = deployment(sampleServer(), { image: 'i:1', settings: sampleSettings(), secrets, keySha256: undefined });
  const { metadata, spec } = made.spec?.template ?? {};
  const labels = new Map(
    Object.entries(metadata?.labels ?? {}).map(([name, value]) => [
      `__meta_kubernetes_pod_label_${name.replaceAll(/[^a-zA-Z0-9]/g, '_')}`,
      value,
    ]),
  );
  assert.ok(metadata?.labels?.[LABEL_COMPONENT] && metadata.labels[LABEL_SERVER]);
  labels.set('__meta_kubernetes_pod_container_port_name', 'metrics');
  assert.ok(spec?.containers[0]?.ports?.some(({ name }) => name === 'metrics'));
  for (const {
    source_labels: [source = ''],
    regex = '.*',
    action,
  } of job?.relabel_configs ?? []) {
    if (action === 'keep') assert.match(labels.get(source) ?? '', new RegExp(`^(?:${regex})$`), source);
  }
  const named = job?.relabel_configs.find(({ target_label: target }) => target === 'server');
  assert.equal(labels.get(named?.source_labels[0] ?? ''), 'lab');
});
