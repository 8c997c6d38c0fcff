/** get and list. */
import { labelsOf, type StoredObject } from '../base/kube-object.ts';
import { badRequest, expired, notFound } from '../base/status-error.ts';
import { inVersion } from '../registry/resource.ts';
import { matchesFields, parseFieldSelector, selectedName } from '../selectors/field-selector.ts';
import { matchesLabels, parseLabelSelector } from '../selectors/label-selector.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { checkListOptions, listRevision, readRevision } from './list-options.ts';
import { numberParameter } from './options.ts';
import { subjectOf } from './subject.ts';

/** @throws KubeStatusError 404 */
export function find(server: Server, request: ResourceRequest): StoredObject {
  const found = server.store.collection(request.resource.storageKey).get(request.namespace, request.name ?? '');
  if (!found) throw notFound(subjectOf(request));
  return found;
}

export function get(server: Server, request: ResourceRequest): Answer {
  readRevision(request.query, server.store.revision);
  return { code: 200, object: find(server, request) };
}

export type Selection = (object: StoredObject) => boolean;

/** What the selectors, the namespace and the name of a request let through. */
export function selectionOf(request: ResourceRequest): Selection {
  const labels = parseLabelSelector(request.query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(request.query.get('fieldSelector') ?? '', request.resource.selectableFields);
  const { namespace, name, resource } = request;
  return (object) =>
    (!namespace || object.metadata.namespace === namespace) &&
    (!name || object.metadata.name === name) &&
    matchesFields(fields, fields.length === 0 ? object : inVersion(object, resource)) &&
    matchesLabels(labels, labelsOf(object));
}

/** All objects of the request, without paging. */
export function select(server: Server, request: ResourceRequest, selection: Selection): StoredObject[] {
  const collection = server.store.collection(request.resource.storageKey);
  const fields = parseFieldSelector(request.query.get('fieldSelector') ?? '', request.resource.selectableFields);
  const name = request.name ?? selectedName(fields);
  if (name !== undefined && request.namespace) {
    const one = collection.get(request.namespace, name);
    return one && selection(one) ? [one] : [];
  }
  return collection.list(request.namespace).filter(selection);
}

interface Continuation {
  revision: number;
  after: string;
}

export function list(server: Server, request: ResourceRequest): Answer {
  const { query } = request;
  checkListOptions(query, false);
  const limit = numberParameter(query, 'limit') ?? 0;
  const token = query.get('continue') ?? '';
  const asked = listRevision(query, server.store.revision);
  const start = token === '' ? { revision: server.store.revision, after: '' } : readToken(token);
  const exact = query.get('resourceVersionMatch') === 'Exact' ? asked : undefined;
  if (exact !== undefined) start.revision = exact;
  const all =
    token === '' && exact === undefined
      ? select(server, request, selectionOf(request))
      : snapshot(server, request, start.revision);
  const rest = all.filter((object) => keyOf(object) > start.after);
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const last = items.at(-1);
  const resourceVersion = String(start.revision);
  if (items.length === rest.length || last === undefined) return { code: 200, list: { items, resourceVersion } };
  const next = writeToken({ revision: start.revision, after: keyOf(last) });
  // With a selector nobody knows how many there are without looking at all of them.
  const isSelective = query.get('labelSelector') || query.get('fieldSelector');
  const remaining = isSelective ? undefined : rest.length - items.length;
  return { code: 200, list: { items, resourceVersion, continue: next, remaining } };
}

const CONTINUE_EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

/** The list as it was at a revision: today's, with what happened since undone. */
function snapshot(server: Server, request: ResourceRequest, revision: number): StoredObject[] {
  const collection = server.store.collection(request.resource.storageKey);
  const events = collection.since(revision);
  if (!events) {
    const isContinued = request.query.get('continue');
    throw expired(isContinued ? CONTINUE_EXPIRED : 'The resourceVersion for the provided list is too old.');
  }
  const objects = new Map(collection.list(request.namespace).map((object) => [keyOf(object), object]));
  for (const { object, previous } of events.toReversed()) {
    if (previous) objects.set(keyOf(previous), previous);
    else objects.delete(keyOf(object));
  }
  const selection = selectionOf(request);
  return [...objects.keys()]
    .sort()
    .flatMap((key) => objects.get(key) ?? [])
    .filter(selection);
}

function keyOf(object: StoredObject): string {
  const { namespace, name = '' } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

function writeToken(continuation: Continuation): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...continuation })).toString('base64url');
}

function readToken(token: string): Continuation {
  try {
    const { revision, after } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<Continuation>;
    if (Number.isInteger(revision) && revision !== undefined && typeof after === 'string') return { revision, after };
  } catch {
    // Not ours: refused below.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}
