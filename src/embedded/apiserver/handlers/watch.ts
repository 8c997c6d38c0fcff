/** One watch: what exists or what happened since, then every change as it comes, through the selectors. */
import type { JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { expired, type KubeStatusError } from '../base/status-error.ts';
import type { StoreEvent } from '../storage/collection.ts';
import type { ResourceRequest, Server } from './context.ts';
import { checkListOptions, watchBeginning, watchRevision } from './list-options.ts';
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

/**
 * Returns the function that stops it. An ERROR event ends it at once: 410 when the history does not reach back that far.
 * @throws KubeStatusError for parameters that make no sense
 */
export function watch(server: Server, request: ResourceRequest, sink: WatchSink): () => void {
  const { query, resource } = request;
  checkListOptions(query, true);
  const selection = selectionOf(request);
  const collection = server.store.collection(resource.storageKey);
  const bookmarks = flagParameter(query, 'allowWatchBookmarks') && query.has('allowWatchBookmarks');
  const { showsObjects, marksEnd } = watchBeginning(query);
  const start = watchRevision(query) ?? server.store.revision;
  const missed = showsObjects ? [] : collection.since(start);
  if (!missed) {
    // Once a watch is under way, what goes wrong is told in it.
    sink.send('ERROR', tooOld(start, server).status() as JsonObject);
    sink.end();
    return () => {};
  }

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
    // The watch may be waiting for a version that is not there yet.
    if (!showsObjects && event.revision <= start) return;
    const seen = transition(event, selection);
    if (seen) send(seen.type, seen.object);
  };
  const bookmark = (annotations?: JsonObject) => {
    send('BOOKMARK', {
      kind: resource.kind,
      apiVersion: resource.storedAs,
      metadata: { resourceVersion: String(server.store.revision), ...(annotations ? { annotations } : {}) },
    });
  };

  if (showsObjects) for (const object of select(server, request, selection)) send('ADDED', object);
  if (marksEnd) bookmark({ 'k8s.io/initial-events-end': 'true' });
  for (const event of missed) deliver(event);
  cleanups.push(collection.subscribe({ next: deliver, end: stop }));
  if (bookmarks) cleanups.push(every(server, BOOKMARK_MS, () => bookmark()));
  const seconds = Math.min(
    numberParameter(query, 'timeoutSeconds') || DEFAULT_TIMEOUT_SECONDS,
    LONGEST_TIMEOUT_SECONDS,
  );
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
  return {
    type: 'DELETED',
    object: { ...previous, metadata: { ...previous.metadata, ...(resourceVersion ? { resourceVersion } : {}) } },
  };
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

function tooOld(revision: number, server: Server): KubeStatusError {
  return expired(`too old resource version: ${revision} (${server.store.revision})`);
}

export function isWatch(query: URLSearchParams): boolean {
  return query.has('watch') && flagParameter(query, 'watch');
}
