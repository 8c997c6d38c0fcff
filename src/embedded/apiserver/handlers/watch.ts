/** One watch: what exists or what happened since, then every change as it comes, through the selectors. */
import { isObject, type JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { badRequest, expired, KubeStatusError } from '../base/status-error.ts';
import type { StoreEvent } from '../storage/collection.ts';
import type { ResourceRequest, Server } from './context.ts';
import { flagParameter, numberParameter } from './options.ts';
import { type Selection, select, selectionOf } from './read.ts';

/** Where the events go. `send` answers false when the reader is too slow to go on. */
export interface WatchSink {
  send(type: string, object: StoredObject | JsonObject): boolean;
  end(): void;
}

const BOOKMARK_MS = 60_000;
const DEFAULT_TIMEOUT_SECONDS = 1800;
const LONGEST_TIMEOUT_SECONDS = 24 * 3600;

/** Returns the function that stops it. @throws KubeStatusError 410 when the history does not reach back that far */
export function watch(server: Server, request: ResourceRequest, sink: WatchSink): () => void {
  const { query, resource } = request;
  const selection = selectionOf(request);
  const collection = server.store.collection(resource.storageKey);
  const bookmarks = flagParameter(query, 'allowWatchBookmarks') && query.has('allowWatchBookmarks');
  const initial = query.get('sendInitialEvents');
  const start = readRevision(query);
  if (initial === 'true') checkInitialEvents(query);
  const isFresh = initial === 'true' || (initial !== 'false' && start === undefined);
  const missed = isFresh || start === undefined ? [] : collection.since(start);
  if (!missed) throw tooOld(start ?? 0, server);
  if ((start ?? 0) > server.store.revision) throw tooNew(start ?? 0, server.store.revision);

  let stopped = false;
  const cleanups: (() => void)[] = [];
  const stop = () => {
    if (stopped) return;
    stopped = true;
    for (const cleanup of cleanups) cleanup();
    sink.end();
  };
  const send = (type: string, object: StoredObject | JsonObject) => {
    if (!stopped && !sink.send(type, object)) stop();
  };
  const deliver = (event: StoreEvent) => {
    const seen = transition(event, selection);
    if (seen) send(seen.type, seen.object);
  };
  const bookmark = (annotations?: JsonObject) => {
    send('BOOKMARK', {
      kind: resource.kind,
      apiVersion: resource.storedAs,
      metadata: { resourceVersion: String(server.store.revision), creationTimestamp: null, ...(annotations ? { annotations } : {}) },
    });
  };

  if (isFresh) for (const object of select(server, request, selection)) send('ADDED', object);
  if (initial === 'true' && bookmarks) bookmark({ 'k8s.io/initial-events-end': 'true' });
  for (const event of missed) deliver(event);
  cleanups.push(collection.subscribe({ next: deliver, end: stop }));
  if (bookmarks) cleanups.push(every(server, BOOKMARK_MS, () => bookmark()));
  const seconds = Math.min(numberParameter(query, 'timeoutSeconds') || DEFAULT_TIMEOUT_SECONDS, LONGEST_TIMEOUT_SECONDS);
  cleanups.push(server.clock.after(seconds * 1000, stop));
  if (stopped) for (const cleanup of cleanups) cleanup();
  return stop;
}

/** What a change looks like to somebody who only sees what matches. */
function transition(event: StoreEvent, selection: Selection): { type: string; object: StoredObject } | undefined {
  const { type, object, previous } = event;
  const matched = previous !== undefined && selection(previous);
  if (type === 'DELETED') return matched ? { type, object } : undefined;
  if (selection(object)) return { type: matched ? 'MODIFIED' : 'ADDED', object };
  if (!matched || !previous) return undefined;
  const { resourceVersion } = object.metadata;
  return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, ...(resourceVersion ? { resourceVersion } : {}) } } };
}

function every(server: Server, ms: number, callback: () => void): () => void {
  let cancel = () => {};
  const again = () => {
    cancel = server.clock.after(ms, () => {
      again();
      callback();
    });
  };
  again();
  return () => cancel();
}

/** `undefined` for "now, and tell what exists". */
function readRevision(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '' || text === '0') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`);
  return Number(text);
}

function checkInitialEvents(query: URLSearchParams): void {
  if (query.get('resourceVersionMatch') === 'NotOlderThan') return;
  throw new KubeStatusError(
    422,
    'Invalid',
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    { group: 'meta.k8s.io', kind: 'ListOptions' },
  );
}

function tooOld(revision: number, server: Server): KubeStatusError {
  return expired(`too old resource version: ${revision} (${server.store.revision})`);
}

function tooNew(revision: number, current: number): KubeStatusError {
  return new KubeStatusError(504, 'Timeout', `Timeout: Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

export function isWatch(query: URLSearchParams): boolean {
  return query.has('watch') && flagParameter(query, 'watch');
}

export function errorEvent(error: KubeStatusError): JsonObject {
  const status = error.status();
  return isObject(status) ? status : {};
}
