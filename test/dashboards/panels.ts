/** The dashboards of deploy/dashboards, as far as they are looked at here. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export const DASHBOARDS = fileURLToPath(new URL('../../deploy/dashboards/', import.meta.url));

export interface Target {
  refId: string;
  expr: string;
  legendFormat: string;
  instant: boolean;
  datasource: { uid: string };
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
  fieldConfig?: {
    defaults: {
      unit?: string;
      decimals?: number;
      thresholds?: { steps: { color: string; value: number | null }[] };
      custom?: { stacking?: { mode: string } };
    };
    overrides: { matcher: { options: string }; properties: { id: string; value: unknown }[] }[];
  };
  options?: { textMode?: string };
}

interface Variable {
  name: string;
  type: string;
  definition?: string;
  allValue?: string;
  datasource?: { uid: string };
}

export interface Dashboard {
  /** Of its file, without `.json`. */
  file: string;
  uid: string;
  title: string;
  description: string;
  schemaVersion: number;
  templating: { list: Variable[] };
  panels: Panel[];
}

export async function readDashboards(): Promise<Dashboard[]> {
  const names = (await readdir(DASHBOARDS)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => {
      const dashboard: Omit<Dashboard, 'file'> = JSON.parse(await readFile(`${DASHBOARDS}${name}`, 'utf8'));
      return { ...dashboard, file: name.replace(/\.json$/, '') };
    }),
  );
}

/** Those that ask something. */
export function asking({ panels }: Dashboard): (Panel & { targets: Target[] })[] {
  return panels.flatMap((panel) => (panel.targets ? [{ ...panel, targets: panel.targets }] : []));
}

/** A query as Grafana would send it when all is chosen. @param times durations, such as `1m` */
export function chosenAll(query: string, { templating }: Dashboard, times: { rate: string; range: string }): string {
  const values = new Map(templating.list.map(({ name, allValue }) => [name, allValue ?? '.+']));
  values.set('__rate_interval', times.rate).set('__range', times.range);
  return query.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`no variable ${name} for ${query}`);
    return value;
  });
}
