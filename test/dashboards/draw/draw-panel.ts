/** One panel of a dashboard as HTML, much as Grafana would show it. */
import type { Panel } from '../panels.ts';
import { chart, type Line } from './chart.ts';
import { escaped } from './escaped.ts';
import type { Series } from './prometheus.ts';
import { inUnit } from './units.ts';

/** What came for a panel: for each of its queries. */
export interface Answered {
  panel: Panel;
  answers: { legend: string; series: Series[] }[];
}

export interface Time {
  /** Seconds. */
  from: number;
  to: number;
}

/** Grafana's, more or less. */
const COLORS: Record<string, string> = {
  green: '#56a64b',
  yellow: '#d9a514',
  blue: '#3274d9',
  orange: '#ff780a',
  red: '#e02f44',
  purple: '#a352cc',
  text: '#444',
};
const PALETTE = ['#3274d9', '#56a64b', '#ff780a', '#a352cc', '#e02f44', '#d9a514', '#2e9a9a', '#8f3bb8', '#7a7a7a'];
const TITLE = 26;
/** Of a line of the legend, and about that of a character in it. */
const LEGEND = 17;
const CHARACTER = 7;
const MARK = 30;

export function drawPanel(answered: Answered, size: { width: number; height: number }, time: Time): string {
  const { type } = answered.panel;
  if (type === 'stat') return stat(answered);
  if (type === 'table') return table(answered);
  if (type === 'bargauge') return bars(answered);
  return lines(answered, size, time);
}

function lines({ panel, answers }: Answered, { width, height }: { width: number; height: number }, time: Time): string {
  const all = answers.flatMap(({ legend, series }) =>
    series.map(({ metric, points }) => ({ name: nameOf(legend, metric), points })),
  );
  const colorOf = (name: string) => overridden(panel, name, 'color') as { fixedColor: string } | undefined;
  const taken = new Set(all.map(({ name }) => COLORS[colorOf(name)?.fixedColor ?? '']));
  const free = PALETTE.filter((color) => !taken.has(color));
  const drawn = all.map(({ name, points }, index): Line => {
    const fixed = colorOf(name);
    const color = (fixed && COLORS[fixed.fixedColor]) ?? free[index % free.length] ?? '';
    return { name, points, color, isDashed: overridden(panel, name, 'custom.lineStyle') !== undefined };
  });
  const isStacked = panel.fieldConfig?.defaults.custom?.stacking?.mode === 'normal';
  const { unit } = panel.fieldConfig?.defaults ?? {};
  const box = { width, height: height - TITLE - legendHeight(drawn, width) };
  const legend = drawn.map(({ name, color }) => `<span><i style="background:${color}"></i>${escaped(name)}</span>`);
  const picture = drawn.length > 0 ? chart({ lines: drawn, unit, isStacked, ...time, ...box }) : NOTHING;
  return `${picture}<div class="legend">${legend.join('')}</div>`;
}

function legendHeight(drawn: Line[], width: number): number {
  let lines = 1;
  let left = width;
  for (const { name } of drawn) {
    const needed = name.length * CHARACTER + MARK;
    if (needed > left) {
      lines += 1;
      left = width;
    }
    left -= needed;
  }
  return lines * LEGEND + LEGEND / 2;
}

function stat({ panel, answers }: Answered): string {
  const { unit, thresholds, decimals } = panel.fieldConfig?.defaults ?? {};
  const [first] = answers.flatMap(({ legend, series }) =>
    series.map(({ metric, points }) => ({ name: nameOf(legend, metric), value: points.at(-1)?.value ?? Number.NaN })),
  );
  if (!first) return '<div class="stat">–</div>';
  const scale = unit === 'percentunit' ? 100 : 1;
  const value = decimals === 0 ? Math.round(first.value * scale) / scale : first.value;
  const text = panel.options?.textMode === 'name' ? first.name : inUnit(value, unit);
  return `<div class="stat" style="color:${colorFor(first.value, thresholds?.steps)}">${escaped(text)}</div>`;
}

function table({ answers }: Answered): string {
  const rows = answers.flatMap(({ series }) => series.map(({ metric }) => metric));
  const columns = ['namespace', 'server', 'type', 'status', 'reason'];
  const cells = (tag: string, values: string[]) => values.map((value) => `<${tag}>${escaped(value)}</${tag}>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${cells(
          'td',
          columns.map((column) => row[column] ?? ''),
        )}</tr>`,
    )
    .join('');
  return rows.length === 0
    ? '<div class="nothing">nothing</div>'
    : `<table><tr>${cells('th', columns)}</tr>${body}</table>`;
}

function bars({ panel, answers }: Answered): string {
  const { unit, thresholds } = panel.fieldConfig?.defaults ?? {};
  const values = answers.flatMap(({ legend, series }) =>
    series.map(({ metric, points }) => ({ name: nameOf(legend, metric), value: points.at(-1)?.value ?? 0 })),
  );
  const most = Math.max(...values.map(({ value }) => value), 1);
  const rows = values.map(({ name, value }) => {
    const color = colorFor(value, thresholds?.steps);
    const bar = `<i style="width:${Math.round((value / most) * 60)}%;background:${color}"></i>`;
    return `<div class="bar"><span>${escaped(name)}</span>${bar}<b>${escaped(inUnit(value, unit))}</b></div>`;
  });
  return rows.join('') || NOTHING;
}

const NOTHING = '<div class="nothing">no data</div>';

function colorFor(value: number, steps: { color: string; value: number | null }[] = []): string {
  const step = steps.findLast((one) => one.value === null || value >= one.value);
  return COLORS[step?.color ?? 'text'] ?? '';
}

function overridden({ fieldConfig }: Panel, name: string, property: string): unknown {
  const override = fieldConfig?.overrides.find(({ matcher }) => matcher.options === name);
  return override?.properties.find(({ id }) => id === property)?.value;
}

/** `{{label}}` in a legend stands for the label. */
function nameOf(legend: string, metric: Record<string, string>): string {
  return legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => metric[label] ?? '');
}
