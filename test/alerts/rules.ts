import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export interface Alert {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export const RULES = fileURLToPath(new URL('../../deploy/alerts/alerts.yaml', import.meta.url));
export const RUNBOOKS = fileURLToPath(new URL('../../deploy/runbooks/', import.meta.url));

/** The alerts of deploy/alerts. */
export async function readAlerts(): Promise<Alert[]> {
  const file: { groups: { rules: Alert[] }[] } = parse(await readFile(RULES, 'utf8'));
  return file.groups.flatMap(({ rules }) => rules);
}
