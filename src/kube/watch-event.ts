import type { WatchEvent } from './client.ts';
import type { KubeObject } from './objects.ts';
import { invalidAnswer, parseJson } from './response-body.ts';
import { errorOfStatus } from './status.ts';

/**
 * One line of a watch.
 * @throws KubeError what an ERROR event says; `InvalidAnswer` when the line is no event
 */
export function parseWatchEvent<T extends KubeObject>(line: string): WatchEvent<T> {
  const event = parseJson(line);
  if (!isRecord(event) || !isRecord(event.object)) throw invalidAnswer('the API server sent a line that is no event');
  const { type, object } = event;
  if (type === 'ERROR') throw errorOfStatus(object);
  const metadata = isRecord(object.metadata) ? object.metadata : {};
  if (type === 'BOOKMARK' && typeof metadata.resourceVersion === 'string') {
    return { type, resourceVersion: metadata.resourceVersion };
  }
  if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') && typeof metadata.name === 'string') {
    return { type, object: object as unknown as T };
  }
  throw invalidAnswer('the API server sent an event of an unknown kind');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
