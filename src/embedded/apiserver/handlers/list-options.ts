/** The query parameters of lists and watches. */
import { type FieldError, forbiddenField, notSupported } from '../base/field-error.ts';
import { badRequest, invalid, KubeStatusError, tooLargeRevision } from '../base/status-error.ts';
import { flagParameter, numberParameter } from './options.ts';

const MATCHES = ['Exact', 'NotOlderThan'];

/** @throws KubeStatusError 422 for parameters that exclude each other, 400 for what is no number */
export function checkListOptions(query: URLSearchParams, isWatch: boolean): void {
  numberParameter(query, 'limit');
  numberParameter(query, 'timeoutSeconds');
  const errors = isWatch ? watchErrors(query) : listErrors(query);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', resource: 'ListOptions' }, errors);
}

function listErrors(query: URLSearchParams): FieldError[] {
  const match = query.get('resourceVersionMatch') ?? '';
  const revision = query.get('resourceVersion') ?? '';
  const errors: FieldError[] = [];
  const refuse = (why: string) => errors.push(forbiddenField('resourceVersionMatch', why));
  if (match !== '') {
    if (revision === '') refuse('resourceVersionMatch is forbidden unless resourceVersion is provided');
    if (query.get('continue')) refuse('resourceVersionMatch is forbidden when continue is provided');
    if (!MATCHES.includes(match)) errors.push(notSupported('resourceVersionMatch', match, [...MATCHES, '']));
    if (match === 'Exact' && revision === '0') {
      refuse('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
    }
  }
  if (query.has('sendInitialEvents')) {
    errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return errors;
}

function watchErrors(query: URLSearchParams): FieldError[] {
  const match = query.get('resourceVersionMatch') ?? '';
  const errors: FieldError[] = [];
  const refuse = (why: string) => errors.push(forbiddenField('resourceVersionMatch', why));
  if (query.has('sendInitialEvents')) {
    if (match !== 'NotOlderThan') refuse('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
    if (match !== '' && match !== 'NotOlderThan') {
      errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
    }
  } else if (match !== '') {
    refuse('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
  }
  if (query.get('continue')) refuse('resourceVersionMatch is forbidden when continue is provided');
  return errors;
}

/**
 * The version that a read asks for, `undefined` for the newest or for any.
 * @throws KubeStatusError 500 for what is no version: so the API server has it; 504 for one that is not there yet
 */
export function readRevision(query: URLSearchParams, current: number): number | undefined {
  const revision = parseRevision(query, (why) => new KubeStatusError(500, '', why));
  if (revision !== undefined && revision > current) throw tooLargeRevision(revision, current);
  return revision;
}

/** As {@link readRevision} for a list, which refuses what is no version with 400. */
export function listRevision(query: URLSearchParams, current: number): number | undefined {
  const revision = parseRevision(query, (why) => badRequest(`invalid resource version: ${why}`));
  if (revision === undefined) return undefined;
  if (query.get('continue')) throw badRequest('specifying resource version is not allowed when using continue');
  if (revision > current) throw tooLargeRevision(revision, current);
  return revision;
}

/** As {@link readRevision} for a watch, which waits for a version that is not there yet. */
export function watchRevision(query: URLSearchParams): number | undefined {
  return parseRevision(query, (why) => new KubeStatusError(500, '', why));
}

function parseRevision(query: URLSearchParams, refusal: (why: string) => Error): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '' || text === '0') return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw refusal(`resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`);
}

/** How a watch begins: with the objects that there are, marked as complete by a bookmark or not, or with changes alone. */
export interface WatchBeginning {
  showsObjects: boolean;
  marksEnd: boolean;
}

export function watchBeginning(query: URLSearchParams): WatchBeginning {
  const asked = query.get('sendInitialEvents');
  const isFresh = watchRevision(query) === undefined;
  const showsObjects = asked === null ? isFresh : asked === 'true' || asked === '1';
  const wantsBookmarks = query.has('allowWatchBookmarks') && flagParameter(query, 'allowWatchBookmarks');
  return { showsObjects, marksEnd: showsObjects && wantsBookmarks };
}
