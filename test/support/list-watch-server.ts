import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../src/kube/objects.ts';
import { type Answer, ScriptedApiServer, type SeenRequest, sendJson, sendStatus } from './scripted-api-server.ts';

interface Event {
  version: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
}

/** ConfigMaps of the namespace `lab`: listed in pages, watched from any version that is not compacted. */
export class ListWatchServer {
  readonly http: ScriptedApiServer;
  readonly objects = new Map<string, KubeObject>();
  /** Uid and version of each state that ever was. */
  readonly states = new Set<string>();
  /** May answer a request in the server's place: true when it did. */
  intercept: (request: SeenRequest, response: ServerResponse) => boolean = () => false;
  #version = 100;
  #compacted = 0;
  #history: Event[] = [];
  #isFrozen = false;
  readonly #watches = new Set<ServerResponse>();
  /** By version, what the later pages of a list are cut from. */
  readonly #snapshots = new Map<number, KubeObject[]>();

  private constructor(http: ScriptedApiServer) {
    this.http = http;
    http.answer = this.#answer;
  }

  static async start(): Promise<ListWatchServer> {
    return new ListWatchServer(await ScriptedApiServer.start(() => {}));
  }

  get lists(): SeenRequest[] {
    return this.http.requests.filter(({ query }) => !query.has('watch') && !query.has('continue'));
  }

  get watches(): SeenRequest[] {
    return this.http.requests.filter(({ query }) => query.has('watch'));
  }

  /** Creates or changes; a new object gets a uid of its own. */
  put(name: string, value = ''): void {
    const known = this.objects.get(name);
    const version = ++this.#version;
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace: 'lab',
        uid: known?.metadata.uid ?? `uid-${version}`,
        resourceVersion: String(version),
        managedFields: [{ manager: 'test' }],
      },
      data: { value },
    };
    this.objects.set(name, object);
    this.states.add(`${object.metadata.uid} ${version}`);
    this.#publish({ version, type: known ? 'MODIFIED' : 'ADDED', object });
  }

  delete(name: string): void {
    const known = this.objects.get(name);
    if (!known) return;
    this.objects.delete(name);
    const version = ++this.#version;
    const object = { ...known, metadata: { ...known.metadata, resourceVersion: String(version) } };
    this.#publish({ version, type: 'DELETED', object });
  }

  /** Watches from before now, and further pages of lists from before now, are answered with 410 from now on. */
  compact(): void {
    this.#compacted = this.#version;
    this.#history = [];
    this.#snapshots.clear();
  }

  /** Tells every open watch how far it is. */
  bookmark(): void {
    const object = { kind: 'ConfigMap', metadata: { resourceVersion: String(this.#version) } };
    this.writeToWatches(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
  }

  /** Keeps connections and sends nothing: what watches should get is held back, requests get no answer, ever. */
  freeze(): void {
    if (this.#isFrozen) return;
    this.#isFrozen = true;
    for (const response of this.#watches) response.cork();
  }

  thaw(): void {
    // A response that is uncorked once too often keeps its next bytes.
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    for (const response of this.#watches) response.uncork();
  }

  /** Writes into every open watch. */
  writeToWatches(text: string): void {
    for (const response of this.#watches) response.write(text);
  }

  /** Ends every open watch as a server does after `timeoutSeconds`. */
  endWatches(): void {
    for (const response of this.#watches) response.end();
    this.#watches.clear();
  }

  #publish(event: Event): void {
    this.#history.push(event);
    this.writeToWatches(line(event));
  }

  #answer: Answer = (request, response) => {
    if (this.#isFrozen || this.intercept(request, response)) return;
    if (request.query.has('watch')) this.#watch(request, response);
    else this.#list(request, response);
  };

  #list({ query }: SeenRequest, response: ServerResponse): void {
    const [version = this.#version, from = 0] = query.get('continue')?.split(' ').map(Number) ?? [];
    const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY);
    const all = query.has('continue') ? this.#snapshots.get(version) : [...this.objects.values()];
    if (!all) {
      sendStatus(response, 410, 'Expired');
      return;
    }
    const items = all.slice(from, from + limit);
    const isLast = from + limit >= all.length;
    if (!isLast) this.#snapshots.set(version, all);
    const next = isLast ? {} : { continue: `${version} ${from + limit}` };
    sendJson(response, 200, { metadata: { resourceVersion: String(version), ...next }, items });
  }

  #watch({ query }: SeenRequest, response: ServerResponse): void {
    const from = Number(query.get('resourceVersion'));
    if (from < this.#compacted) {
      sendStatus(response, 410, 'Expired');
      return;
    }
    response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
    for (const event of this.#history) if (event.version > from) response.write(line(event));
    this.#watches.add(response);
    response.on('close', () => this.#watches.delete(response));
  }
}

function line({ type, object }: Event): string {
  return `${JSON.stringify({ type, object })}\n`;
}
