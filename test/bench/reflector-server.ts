/**
 * A process of `reflector.ts`: answers lists and watches of pods with prepared bytes, as fast as they are taken. The
 * namespace says what: `many` has 5,000 pods and a watch that stays silent; `busy` has none, and a watch full of events.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { BUSY_EVENTS, PODS, pod } from './reflector-pods.ts';

/** Of prepared events, in as many versions of each pod as it takes. */
const PREPARED = 10_000;
const EVENTS_PER_WRITE = 200;

const pages = new Map<string, string>();
const events: Buffer[] = [];
for (let first = 0; first < PREPARED; first += EVENTS_PER_WRITE) {
  const lines = Array.from({ length: EVENTS_PER_WRITE }, (_, i) => {
    const object = pod((first + i) % 1000, first + i + 1);
    return `${JSON.stringify({ type: 'MODIFIED', object })}\n`;
  });
  events.push(Buffer.from(lines.join('')));
}

function page(limit: number, from: number): string {
  const key = `${limit} ${from}`;
  const known = pages.get(key);
  if (known) return known;
  const items = Array.from({ length: Math.min(limit, PODS - from) }, (_, i) => pod(from + i, 1));
  const next = from + limit < PODS ? { continue: String(from + limit) } : {};
  const text = JSON.stringify({
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '1', ...next },
    items,
  });
  pages.set(key, text);
  return text;
}

function* burst(): Generator<Buffer> {
  for (let sent = 0; sent < BUSY_EVENTS; sent += EVENTS_PER_WRITE) {
    yield events[(sent / EVENTS_PER_WRITE) % events.length] ?? Buffer.alloc(0);
  }
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const isBusy = pathname.includes('/busy/');
  response.writeHead(200, { 'Content-Type': 'application/json' });
  if (searchParams.has('watch')) {
    response.flushHeaders();
    // A client that has seen enough may hang up.
    if (isBusy) pipeline(Readable.from(burst()), response, () => {});
  } else if (isBusy) {
    response.end(JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: '1' }, items: [] }));
  } else {
    response.end(page(Number(searchParams.get('limit') ?? PODS), Number(searchParams.get('continue') ?? 0)));
  }
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
