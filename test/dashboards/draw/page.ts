import type { Dashboard } from '../panels.ts';
import { type Answered, drawPanel, type Time } from './draw-panel.ts';
import { escaped } from './escaped.ts';

export const PAGE_WIDTH = 1560;
const ROW = 34;
const GAP = 8;
const HEAD = 44;

const STYLE = `
  body { margin: 0; background: #f4f5f5; font: 12px sans-serif; color: #333; position: relative; }
  h1 { font-size: 18px; margin: 0; position: absolute; left: ${GAP}px; top: 12px; }
  .panel, .row { position: absolute; box-sizing: border-box; overflow: hidden; }
  .panel { background: #fff; border: 1px solid #ddd; border-radius: 3px; }
  .row { font-size: 14px; font-weight: bold; padding: 8px 2px; }
  .title { height: 18px; padding: 6px 8px 2px; font-weight: bold; }
  .stat { font-size: 34px; text-align: center; padding-top: 14px; }
  .nothing { color: #999; text-align: center; padding-top: 40px; }
  .legend { padding: 0 8px; line-height: 16px; }
  .legend span { margin-right: 12px; white-space: nowrap; }
  .legend i { display: inline-block; width: 10px; height: 4px; margin: 0 5px 3px 0; }
  .bar { padding: 5px 8px; white-space: nowrap; }
  .bar span { display: inline-block; width: 220px; }
  .bar i { display: inline-block; height: 14px; vertical-align: middle; margin-right: 8px; }
  table { border-collapse: collapse; margin: 2px 8px; width: calc(100% - 16px); }
  td, th { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid #eee; }
  text { font: 11px sans-serif; fill: #666; }
  .grid { stroke: #e4e4e4; } .line { fill: none; stroke-width: 1.5; }
`;

/** A whole dashboard as one page, and how high that is. */
export function page(dashboard: Dashboard, answered: Answered[], time: Time): { html: string; height: number } {
  const column = (PAGE_WIDTH - GAP) / 24;
  const byId = new Map(answered.map((one) => [one.panel.id, one]));
  const boxes = dashboard.panels.map((panel) => {
    const { x, y, w, h } = panel.gridPos;
    const size = { width: w * column - GAP, height: h * ROW - GAP };
    const style = `left:${GAP + x * column}px;top:${HEAD + y * ROW}px;width:${size.width}px;height:${size.height}px`;
    const one = byId.get(panel.id);
    if (!one) return `<div class="row" style="${style}">${escaped(panel.title)}</div>`;
    const body = drawPanel(one, size, time);
    return `<div class="panel" style="${style}"><div class="title">${escaped(panel.title)}</div>${body}</div>`;
  });
  const height = HEAD + Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h)) * ROW + GAP;
  const head = `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><h1>${escaped(dashboard.title)}</h1>`;
  return { html: `${head}${boxes.join('\n')}`, height };
}
