import { isIPv6, type Socket } from 'node:net';
import type { Clock } from '../runtime/clock.ts';
import { Deadline } from '../runtime/deadline.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { DEFAULT_CLIENT_TIMEOUT } from '../wire/constants.ts';
import { RuntimeError, ValueError } from '../wire/errors.ts';
import { parseRequest } from '../wire/request.ts';
import { parseResponse, type Response } from '../wire/response.ts';
import { DEFAULT_ANSWER_TIMEOUT } from './constants.ts';
import { parsePin } from './tls/pins.ts';
import { openStream, type WebTls } from './web/open-stream.ts';
import { post, readAnswer } from './web/post.ts';
import {
  DEFAULT_ENABLE_SSL,
  DEFAULT_HTTP_SERVER_LISTEN_PORT,
  DEFAULT_HTTPS_SERVER_LISTEN_PORT,
  DEFAULT_VERIFY_SSL_CERTIFICATE,
} from './web-constants.ts';

export interface WebClientInterfaceOptions {
  /** A host name will do as well. */
  serverIp: string;
  /** Default 8080, or 4443 with TLS. */
  serverListenPort?: number | undefined;
  /** Whether to use TLS. Default false. */
  enableSsl?: boolean | undefined;
  /** Whether an authority has to vouch for the server's certificate. Default true. */
  verifySslCertificate?: boolean | undefined;
  /** Authorities in PEM. Default: those that Node comes with. */
  ca?: string | string[] | undefined;
  /** Fingerprints of public keys, as `parsePin` reads them. With any, one has to fit, and nothing else about the certificate counts. */
  pins?: readonly string[] | undefined;
  /** For connecting and sending the request, and once more for reading the answer. Seconds, default 10. */
  timeout?: number | undefined;
  /** For the answer to begin to arrive: a container may have to boot. Seconds, default 300. */
  answerTimeout?: number | undefined;
  /** Goes with each request. */
  accessToken?: string | undefined;
  clock?: Clock | undefined;
}

/** A client of a server's REST interface. Each request has a connection of its own. */
export class WebClientInterface {
  readonly #options: WebClientInterfaceOptions;
  readonly #clock: Clock;
  readonly #tls: WebTls | undefined;
  readonly #port: number;

  /** @throws `ValueError` `BadPin` */
  constructor(options: WebClientInterfaceOptions) {
    const { enableSsl = DEFAULT_ENABLE_SSL, verifySslCertificate: verify = DEFAULT_VERIFY_SSL_CERTIFICATE } = options;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const pins = (options.pins ?? []).map(parsePin);
    this.#tls = enableSsl ? { ca: options.ca, pins, verify } : undefined;
    this.#port =
      options.serverListenPort ?? (enableSsl ? DEFAULT_HTTPS_SERVER_LISTEN_PORT : DEFAULT_HTTP_SERVER_LISTEN_PORT);
  }

  /**
   * Makes a request and waits for its response, which may say that it was refused.
   * @throws `MalformedMessage` `MalformedRequest` before anything is sent, `MalformedResponse`; `ValueError` `BadMessage`: the
   *   answer is no JSON or too large; `RuntimeError` `ConnectFailed`, `PinMismatch`, `Untrusted`, `TimedOut`, `Closed`,
   *   `Refused`: HTTP went wrong; the signal's reason
   */
  async sendRequest(verb: string, parameters: Record<string, unknown> = {}, signal?: AbortSignal): Promise<Response> {
    const { accessToken } = this.#options;
    const request = parseRequest({
      verb,
      parameters: { ...(accessToken && { access_token: accessToken }), ...parameters },
    });
    using deadline = new Deadline(this.#clock, signal);
    const within = (seconds: number, what: string) =>
      deadline.set(seconds * 1000, () => new RuntimeError('TimedOut', `${what} took longer than ${seconds} s`));
    const { timeout = DEFAULT_CLIENT_TIMEOUT, answerTimeout = DEFAULT_ANSWER_TIMEOUT, serverIp } = this.#options;
    within(timeout, 'connecting');
    const address = { host: serverIp, port: this.#port };
    const stream: Socket = await openStream(address, this.#tls, deadline.signal);
    try {
      const host = `${isIPv6(serverIp) ? `[${serverIp}]` : serverIp}:${this.#port}`;
      const posting = { host, path: `/${verb.toLowerCase()}`, body: JSON.stringify(request.parameters) };
      const onSent = () => within(answerTimeout, 'the answer');
      const response = await post(stream, posting, { signal: deadline.signal, onSent });
      within(timeout, 'reading the answer');
      return responseOf(response.statusCode ?? 0, await readAnswer(response, deadline.signal));
    } finally {
      stream.destroy();
    }
  }
}

function responseOf(status: number, body: Buffer): Response {
  try {
    return parseResponse(parsed(body));
  } catch (cause) {
    if (status < 300) throw cause;
    throw new RuntimeError('Refused', `the server answered with the HTTP status ${status}`, { cause });
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ValueError('BadMessage', 'the answer is not JSON');
  }
}
