/** The query parameters of writes. */

import { notSupported } from '../base/field-error.ts';
import { badRequest, invalid } from '../base/status-error.ts';
import type { ResourceRequest } from './context.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteOptions {
  dryRun: boolean;
  fieldManager: string;
  fieldValidation: FieldValidation;
  force: boolean;
}

const LEVELS = ['Ignore', 'Warn', 'Strict'] as const;
const LONGEST_MANAGER = 128;

/** @throws KubeStatusError 422 for values that don't exist, 400 for an apply without a field manager */
export function writeOptions(
  request: ResourceRequest,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
): WriteOptions {
  const { query } = request;
  const subject = { group: 'meta.k8s.io', resource: kind, name: '' };
  const validation = query.get('fieldValidation') || 'Warn';
  const fieldValidation = LEVELS.find((level) => level === validation);
  if (!fieldValidation)
    throw invalid(subject, [notSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn'])]);
  const fieldManager = query.get('fieldManager') ?? '';
  if (fieldManager.length > LONGEST_MANAGER) {
    throw invalid(subject, [
      { type: 'FieldValueTooLong', field: 'fieldManager', detail: `may not be more than ${LONGEST_MANAGER} bytes` },
    ]);
  }
  const force = query.get('force') === 'true';
  if (force && request.contentType !== 'application/apply-patch+yaml') {
    throw invalid(subject, [
      { type: 'FieldValueForbidden', field: 'force', detail: 'may not be specified for non-apply patch' },
    ]);
  }
  return {
    dryRun: isDryRun(query, kind),
    fieldManager: fieldManager || agentName(request.userAgent),
    fieldValidation,
    force,
  };
}

export function isDryRun(query: URLSearchParams, kind: string): boolean {
  const values = query.getAll('dryRun').filter((value) => value !== '');
  if (values.length === 0) return false;
  if (values.some((value) => value !== 'All')) {
    throw invalid({ group: 'meta.k8s.io', resource: kind, name: '' }, [notSupported('dryRun', values, ['All'])]);
  }
  return true;
}

/** What a writer without a name is called: its program. */
function agentName(userAgent: string): string {
  const name = userAgent.split('/')[0] ?? '';
  return name.slice(0, LONGEST_MANAGER) || 'unknown';
}

/** @throws KubeStatusError 400 for what is no number */
export function numberParameter(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

export function flagParameter(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text === 'true' || text === '1' || text === '';
}
