/** What a PromQL query names. Whether it is one is for Prometheus to say. */
import type { KnownMetric } from './registries.ts';

export interface Selector {
  metric: string;
  /** Those in its braces. */
  labels: string[];
}

/** Given by whoever scrapes, to each series. */
const TARGET_LABELS = ['job', 'instance', 'namespace', 'pod', 'server'];

const KEYWORDS = 'and|or|unless|bool|offset|by|without|on|ignoring|group_left|group_right|inf|nan';
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi;
const RANGE = /\[[^\]]*\]/g;
const NAME = new RegExp(
  String.raw`(?<![\w:.])(?!(?:${KEYWORDS})\b)([a-zA-Z_:][\w:]*)(?![\w:]|\s*\()(\{[^}]*\})?`,
  'gi',
);

/** The metrics that a query asks for, with the labels that it selects them by. */
export function selectorsIn(query: string): Selector[] {
  const bare = query.replaceAll(QUOTED, '""').replaceAll(GROUPING, ' ').replaceAll(RANGE, ' ');
  return [...bare.matchAll(NAME)].map(([, metric = '', braces = '']) => ({
    metric,
    labels: [...braces.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }));
}

/** Labels that a query groups by, or joins on. */
function groupedBy(query: string): string[] {
  const groups = [...query.replaceAll(QUOTED, '""').matchAll(GROUPING)].map(([whole]) => whole);
  return groups.flatMap((group) => [...group.slice(group.indexOf('(')).matchAll(/\w+/g)].map(([label]) => label));
}

/** What a query asks for and nobody exports, in words. */
export function faultsOf(query: string, metrics: ReadonlyMap<string, KnownMetric>): string[] {
  const selectors = selectorsIn(query);
  if (selectors.length === 0) return [`no metric in ${query}`];
  const known = new Set(TARGET_LABELS);
  const faults: string[] = [];
  for (const { metric, labels } of selectors) {
    const found = metrics.get(metric) ?? histogramOf(metric, metrics);
    if (!found) {
      faults.push(`no metric ${metric}`);
      continue;
    }
    const has = [...found.labelNames, ...TARGET_LABELS, ...(metric.endsWith('_bucket') ? ['le'] : [])];
    for (const label of has) known.add(label);
    for (const label of labels) if (!has.includes(label)) faults.push(`${metric} has no label ${label}`);
  }
  for (const label of groupedBy(query)) if (!known.has(label)) faults.push(`nothing has the label ${label}`);
  return faults;
}

function histogramOf(series: string, metrics: ReadonlyMap<string, KnownMetric>): KnownMetric | undefined {
  const metric = metrics.get(series.replace(/_(bucket|sum|count)$/, ''));
  return metric?.type === 'histogram' || metric?.type === 'summary' ? metric : undefined;
}
