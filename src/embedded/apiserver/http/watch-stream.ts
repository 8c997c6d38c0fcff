/** A watch as lines of JSON. A reader that does not keep up is cut off, so that it can't fill the memory. */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { WatchSink } from '../handlers/watch.ts';
import type { Resource } from '../registry/resource.ts';
import type { TableOptions } from '../tables/render.ts';
import type { Form } from './negotiate.ts';
import type { Serializer } from './serialize.ts';

const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

export function watchStream(
  response: ServerResponse,
  serializer: Serializer,
  resource: Resource,
  form: Form,
  options: () => TableOptions,
): WatchSink & { start(): void } {
  const start = () => {
    if (response.headersSent) return;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
    response.flushHeaders();
  };
  return {
    start,
    send(type: string, object: StoredObject | JsonObject) {
      start();
      if (response.destroyed) return false;
      response.write(serializer.event(type, object as StoredObject, resource, form, options()));
      if (response.writableLength <= MAX_UNREAD_BYTES) return true;
      response.destroy();
      return false;
    },
    end() {
      start();
      if (!response.destroyed) response.end();
    },
  };
}
