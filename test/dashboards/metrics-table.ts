/** `node test/dashboards/metrics-table.ts`: the tables of deploy/dashboards/README.md, as the programs' registries have them. */
import { allMetrics, type KnownMetric } from './registries.ts';

const CHAPTERS: { title: string; has: (metric: KnownMetric) => boolean }[] = [
  {
    title: 'The operator, of its servers',
    has: ({ name }) => name.startsWith('anweddol_') && !name.startsWith('anweddol_server_'),
  },
  { title: 'Server pods', has: ({ name }) => name.startsWith('anweddol_server_') },
  {
    title: 'Reconcilers, queues, requests to the API server',
    has: ({ name }) => /^(controller_runtime|workqueue|rest_client|leader_election)_/.test(name),
  },
];

/** Markdown, by what each is about; what the library tells of a process is left to its own documentation. */
export function metricsTables(): string {
  const metrics = [...allMetrics().values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return CHAPTERS.map(({ title, has }) => {
    const rows = metrics.filter(has).map(row);
    return [`### ${title}`, '', '| name | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join(
      '\n',
    );
  }).join('\n');
}

function row({ name, type, labelNames, help }: KnownMetric): string {
  const labels = labelNames.map((label) => `\`${label}\``).join(', ');
  return `| \`${name}\` | ${type} | ${labels} | ${help.replaceAll('|', '\\|')} |`;
}

if (import.meta.main) process.stdout.write(metricsTables());
