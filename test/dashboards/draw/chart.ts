/** Lines over time as SVG. */
import { escaped } from './escaped.ts';
import { inUnit, roundStep } from './units.ts';

export interface Line {
  name: string;
  color: string;
  points: { at: number; value: number }[];
  isDashed: boolean;
}

export interface Chart {
  lines: Line[];
  unit: string | undefined;
  isStacked: boolean;
  /** Seconds. */
  from: number;
  to: number;
  width: number;
  height: number;
}

const LEFT = 66;
const BOTTOM = 20;
const TOP = 10;
const RIGHT = 8;

export function chart({ lines, unit, isStacked, from, to, width, height }: Chart): string {
  const shown = isStacked ? stacked(lines) : lines.map((line) => ({ ...line, below: undefined }));
  const values = shown.flatMap(({ points }) => points.map(({ value }) => value)).filter(Number.isFinite);
  const highest = Math.max(...values, 0) || 1;
  const step = roundStep(highest, 4, unit);
  const top = Math.ceil(highest / step - 1e-9) * step;
  const x = (at: number) => LEFT + ((at - from) / (to - from)) * (width - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - value / top) * (height - TOP - BOTTOM);
  const grid = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step).map(
    (value) =>
      `<line x1="${LEFT}" x2="${width - RIGHT}" y1="${y(value)}" y2="${y(value)}" class="grid"/>` +
      `<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${escaped(inUnit(value, unit))}</text>`,
  );
  const times = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    const text = `${Math.round(share * (to - from))} s`;
    return `<text x="${x(from + share * (to - from))}" y="${height - 5}" text-anchor="${anchor}">${text}</text>`;
  });
  const place = ({ at, value }: { at: number; value: number }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`;
  const drawn = shown.flatMap(({ points, below, color, isDashed }) =>
    runsOf(points).map((run) => {
      const path = `M${run.map(place).join('L')}`;
      const ground = below && run.map(({ at }) => ({ at, value: below.get(at) ?? 0 })).reverse();
      const area = ground ? `<path d="${path}L${ground.map(place).join('L')}Z" fill="${color}" opacity="0.35"/>` : '';
      return `${area}<path d="${path}" class="line" stroke="${color}"${isDashed ? ' stroke-dasharray="6 5"' : ''}/>`;
    }),
  );
  return `<svg width="${width}" height="${height}">${grid.join('')}${times.join('')}${drawn.join('')}</svg>`;
}

/** What is not a number breaks a line. */
function runsOf(points: Line['points']): Line['points'][] {
  const runs: Line['points'][] = [[]];
  for (const point of points) {
    if (Number.isFinite(point.value)) runs.at(-1)?.push(point);
    else runs.push([]);
  }
  return runs.filter(({ length }) => length > 0);
}

/** Each on top of those before it; what is dashed stands for itself. */
function stacked(lines: Line[]): (Line & { below: Map<number, number> | undefined })[] {
  let ground = new Map<number, number>();
  return lines.map((line) => {
    if (line.isDashed) return { ...line, below: undefined };
    const below = ground;
    const points = line.points.map(({ at, value }) => ({ at, value: value + (below.get(at) ?? 0) }));
    const here = points.filter(({ value }) => Number.isFinite(value));
    ground = new Map([...below, ...here.map(({ at, value }) => [at, value] as const)]);
    return { ...line, points, below };
  });
}
