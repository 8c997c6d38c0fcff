import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it came over the wire. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue?: string } }[];
  status?: { code: number; message: string };
}

interface Payload {
  resourceSpans: { resource: { attributes: ReceivedSpan['attributes'] }; scopeSpans: { spans: ReceivedSpan[] }[] }[];
}

/** How a collector answers: with a status, or never. */
export type Behaviour = number | 'hangs';

/** A collector that speaks OTLP over HTTP, and keeps what it is sent. */
export class Collector implements AsyncDisposable {
  behaviour: Behaviour;
  /** The body of each request, whatever came of it. */
  readonly bodies: string[] = [];
  readonly paths: string[] = [];
  connections = 0;
  readonly #taken: string[] = [];
  readonly #waiters = new Set<() => void>();
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      this.bodies.push(body);
      this.paths.push(`${request.method} ${request.url} ${request.headers['content-type']}`);
      const { behaviour } = this;
      if (behaviour === 200) this.#taken.push(body);
      if (behaviour !== 'hangs') response.writeHead(behaviour, { 'content-type': 'application/json' }).end('{}');
      for (const check of [...this.#waiters]) check();
    });
  });

  private constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
    this.#server.on('connection', () => {
      this.connections += 1;
    });
  }

  static async start(behaviour: Behaviour = 200): Promise<Collector> {
    const collector = new Collector(behaviour);
    const { promise, resolve } = Promise.withResolvers<void>();
    collector.#server.listen(0, '127.0.0.1', resolve);
    await promise;
    return collector;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/traces`;
  }

  /** Those that it took, in the order in which they ended. */
  get spans(): ReceivedSpan[] {
    return this.#taken.flatMap((body) =>
      (JSON.parse(body) as Payload).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    );
  }

  /** What the spans of the first request say of their program. */
  get resource(): Record<string, string | undefined> {
    const { resourceSpans } = JSON.parse(this.bodies[0] ?? '{"resourceSpans":[]}') as Payload;
    return facts(resourceSpans[0]?.resource.attributes ?? []);
  }

  /** Resolves when this many requests have come. */
  asked(count: number): Promise<void> {
    return this.until(() => this.bodies.length >= count);
  }

  /** Resolves when what has come is as it should be. */
  until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!isMet()) return;
        this.#waiters.delete(check);
        resolve();
      };
      this.#waiters.add(check);
      check();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }
}

export function facts(attributes: ReceivedSpan['attributes']): Record<string, string | undefined> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
}
