/** A running API server, and plain HTTPS requests to it. */
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import {
  type ApiServer,
  type ApiServerOptions,
  startApiServer,
} from '../../../../src/embedded/apiserver/start-api-server.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';

/** JSON of the API, with the members that tests look at; which of them are there depends on the kind. */
interface Body {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp: string;
    deletionTimestamp: string;
    deletionGracePeriodSeconds: number;
    generation: number;
    continue: string;
    remainingItemCount: number;
    finalizers: string[];
    labels: Record<string, string>;
    annotations: Record<string, string>;
    managedFields: { manager: string; operation: string; fieldsV1: object }[];
  };
  code: number;
  reason: string;
  message: string;
  note: string;
  type: string;
  details: { causes: { field: string; reason: string; message: string }[] };
  data: Record<string, string>;
  stringData: object;
  zork: unknown;
  involvedObject: { kind: string };
  spec: Values & {
    containers: Container[];
    ports: Values[];
    template: { spec: { containers: Container[] } };
    nested: Values;
  };
  status: Values & { conditions: { type: string; status: string }[] };
  items: Body[];
  groups: Values[];
  resources: { name: string; resource: string; shortNames: string[]; categories: string[] }[];
  versions: Body[];
  paths: Record<string, { serverRelativeURL: string }>;
  columnDefinitions: { name: string; priority: number }[];
  rows: { cells: unknown[]; object: unknown }[];
}

interface Container extends Values {
  env: Values[];
}

interface Values {
  name: string;
  value: string;
  image: string;
  phase: string;
  size: number;
  replicas: number;
  readyReplicas: number;
  selector: string;
  clusterIP: string;
  restartPolicy: string;
  serviceAccountName: string;
  imagePullPolicy: string;
  token: string;
  allowed: boolean;
  strategy: object;
  raw: object;
  zork: unknown;
}

export interface Reply {
  code: number;
  text: string;
  body: Body;
  warnings: string | undefined;
}

export interface CallOptions {
  token?: string;
  type?: string;
  accept?: string;
}

export const PATCH = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export class Api {
  readonly server: ApiServer;
  readonly #agent: Agent;

  constructor(server: ApiServer) {
    this.server = server;
    this.#agent = new Agent({ keepAlive: true, ca: server.caCertificate });
  }

  static async start(options: Partial<ApiServerOptions> = {}): Promise<Api> {
    return new Api(await startApiServer({ clock: systemClock, log: pino({ level: 'silent' }), ...options }));
  }

  call(method: string, path: string, body?: object | string | Buffer, options: CallOptions = {}): Promise<Reply> {
    const data = typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : body;
    return new Promise((resolve, reject) => {
      const outgoing = request(this.server.url + path, {
        agent: this.#agent,
        method,
        headers: {
          authorization: `Bearer ${options.token ?? this.server.adminToken}`,
          'user-agent': 'tester/1.0',
          ...(options.accept && { accept: options.accept }),
          ...(data !== undefined && {
            'content-type': options.type ?? 'application/json',
            'content-length': Buffer.byteLength(data),
          }),
        },
      });
      outgoing.once('error', reject);
      outgoing.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = response.headers['content-type']?.includes('json') === true;
          const warnings = response.headers.warning;
          resolve({ code: response.statusCode ?? 0, text, body: JSON.parse(isJson ? text : '{}'), warnings });
        });
      });
      outgoing.end(data);
    });
  }

  get(path: string, options?: CallOptions): Promise<Reply> {
    return this.call('GET', path, undefined, options);
  }

  post(path: string, body: object | string, options?: CallOptions): Promise<Reply> {
    return this.call('POST', path, body, options);
  }

  put(path: string, body: object, options?: CallOptions): Promise<Reply> {
    return this.call('PUT', path, body, options);
  }

  delete(path: string, body?: object): Promise<Reply> {
    return this.call('DELETE', path, body);
  }

  patch(path: string, kind: keyof typeof PATCH, body: object | string): Promise<Reply> {
    return this.call('PATCH', path, body, { type: PATCH[kind] });
  }

  /** Events as they come. End it with `close`. */
  async watch(path: string): Promise<Watch> {
    const outgoing = request(this.server.url + path, {
      agent: this.#agent,
      headers: { authorization: `Bearer ${this.server.adminToken}` },
    });
    outgoing.end();
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      outgoing.once('response', resolve).once('error', reject);
    });
    return new Watch(response);
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.server.close();
  }
}

export interface WatchedEvent {
  type: string;
  object: Body;
}

export class Watch {
  readonly response: import('node:http').IncomingMessage;
  readonly #lines: AsyncIterator<string>;

  constructor(response: import('node:http').IncomingMessage) {
    this.response = response;
    response.on('error', () => {});
    this.#lines = createInterface({ input: response })[Symbol.asyncIterator]();
  }

  /** `undefined` when the server has ended the watch. */
  async next(): Promise<WatchedEvent | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : JSON.parse(value);
  }

  async take(count: number): Promise<WatchedEvent[]> {
    const events: WatchedEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) {
      events.push(event);
      if (events.length === count) break;
    }
    return events;
  }

  close(): void {
    this.response.destroy();
  }
}

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

export function configMap(name: string, rest: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' }, ...rest };
}

/** Short texts of events, such as `ADDED one`. */
export function summaries(events: readonly WatchedEvent[]): string[] {
  return events.map(({ type, object }) => `${type} ${object.metadata?.name}`);
}
