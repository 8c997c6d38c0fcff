import type { ServerResponse } from 'node:http';
import type { Clock } from '../../runtime/clock.ts';
import { RuntimeError } from '../../wire/errors.ts';
import type { Request } from '../../wire/request.ts';
import type { Answer } from '../answer.ts';
import { clientId } from '../client-address.ts';
import type { RequestClient } from '../request-client.ts';
import { responseText } from './response-text.ts';
import type { WebConnection } from './web-connection.ts';

/** Whoever made one request over HTTP. */
export class HttpClient implements RequestClient {
  readonly #connection: WebConnection;
  readonly #response: ServerResponse;
  readonly #creationTimestamp: number;
  #storedRequest: Request | undefined;
  #sentMessage: string | undefined;

  constructor(connection: WebConnection, response: ServerResponse, clock: Clock) {
    this.#connection = connection;
    this.#response = response;
    this.#creationTimestamp = clock.now();
  }

  getIP(): string {
    return this.#connection.address;
  }

  getID(): string {
    return clientId(this.getIP());
  }

  getCreationTimestamp(): number {
    return this.#creationTimestamp;
  }

  getStoredRequest(): Request | undefined {
    return this.#storedRequest;
  }

  storeRequest(request: Request): Request {
    this.#storedRequest = request;
    return request;
  }

  isClosed(): boolean {
    return this.closed.aborted;
  }

  get closed(): AbortSignal {
    return this.#connection.closed;
  }

  closeConnection(): void {
    this.closed.throwIfAborted();
    this.#connection.end();
  }

  /** @throws `RuntimeError` `Closed`, or `Refused` for a second one; `TypeError` when the data has no JSON: nothing was sent then */
  async sendResponse(answer: Answer): Promise<void> {
    if (this.hasAnswered()) throw new RuntimeError('Refused', 'the request has been answered already');
    const text = responseText(answer);
    this.closed.throwIfAborted();
    this.#sentMessage = answer.message;
    await this.#connection.deliver(this.#response, { status: 200, text });
  }

  hasAnswered(): boolean {
    return this.#response.headersSent;
  }

  getSentMessage(): string | undefined {
    return this.#sentMessage;
  }

  /**
   * True when the system took the whole response and the connection has not broken since. That is all HTTP tells: a client
   * acknowledges nothing, so a response that was lost after that, on its way or in a proxy, looks like one that was read;
   * and a client may end its side as soon as it has what it wants. The connection stays for the next request.
   */
  async confirmTaken(): Promise<boolean> {
    return this.#response.writableFinished && !this.#connection.isBroken;
  }
}
