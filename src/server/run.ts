import { randomBytes as systemRandomBytes } from 'node:crypto';
import type { Log } from '../runtime/log.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { ALPN_PROTOCOL, DEFAULT_SERVER_LISTEN_PORT } from '../wire/constants.ts';
import { publicKeyHeader } from '../wire/key-exchange.ts';
import type { RSAWrapper } from '../wire/rsa-wrapper.ts';
import { type AccessRules, accessRules } from './access/access-rules.ts';
import { LiveRules } from './access/live-rules.ts';
import { Listener } from './connections/listener.ts';
import { OpenConnections } from './connections/open-connections.ts';
import type { PrologueOptions } from './connections/prologue.ts';
import { serveConnection } from './connections/serve-connection.ts';
import {
  DEFAULT_MAX_CONNECTIONS,
  DEFAULT_SERVER_BIND_ADDRESS,
  DEFAULT_SPEAK_FIRST_AFTER,
  DEFAULT_STEP_TIMEOUT,
} from './constants.ts';
import { type ContainerIso, readContainerIso } from './container-iso.ts';
import type { EventRoutines } from './events/event-routines.ts';
import type { RuntimeErrors } from './events/runtime-errors.ts';
import type { RequestClient } from './request-client.ts';
import type { RequestHandler } from './request-handler.ts';
import { noServerMetrics } from './server-metrics.ts';
import type { LiveOptions, ServerInterfaceOptions } from './server-options.ts';
import type { RequestContext } from './session/answer-request.ts';
import { TlsFront } from './tls/tls-front.ts';
import { WebServer } from './web/web-server.ts';

interface Handlers {
  of: (verb: string) => RequestHandler | undefined;
  verbs: () => string[];
}

export interface RunOptions {
  options: ServerInterfaceOptions;
  log: Log;
  rsaWrapper: RSAWrapper;
  routines: EventRoutines;
  runtimeErrors: RuntimeErrors;
  handlers: (given: { iso: ContainerIso | undefined; onBadToken: (client: RequestClient) => void }) => Handlers;
}

/** One run of a server, from its start to its stop: what listens, and what it has open. */
export class Run {
  readonly open: OpenConnections;
  readonly #ended = Promise.withResolvers<void>();
  readonly #listener: Listener;
  readonly #elapsed: () => number;
  readonly #startedAt: number;
  readonly #live: LiveRules;
  #web: WebServer | undefined;

  private constructor(listener: Listener, open: OpenConnections, live: LiveRules, elapsed: () => number) {
    this.#listener = listener;
    this.open = open;
    this.#live = live;
    this.#elapsed = elapsed;
    this.#startedAt = elapsed();
  }

  /** @throws `ValueError` `BadOption`, `BadCidr` */
  static check(options: ServerInterfaceOptions): void {
    accessRules(options, () => undefined);
  }

  static async start(given: RunOptions): Promise<Run> {
    const { options, runtimeErrors } = given;
    const { clock = systemClock, metrics = noServerMetrics } = options;
    const iso = options.containerIsoPath === undefined ? undefined : await readContainerIso(options.containerIsoPath);
    const rules = accessRules(options, metrics.refused);
    const live = new LiveRules(options);
    const onBadToken = (client: RequestClient) => rules.sources?.penalise(client.getIP(), 'badToken');
    const handlers = given.handlers({ iso, onBadToken });
    const context = requestContext(given, live, handlers, onBadToken);
    const open = new OpenConnections(options.maxConnections ?? DEFAULT_MAX_CONNECTIONS, metrics.refused);
    const serving = {
      context,
      open,
      sources: rules.sources,
      prologue: prologueOptions(given, rules, live),
      rsaWrapper: given.rsaWrapper,
      get timeout() {
        return live.clientTimeout;
      },
      stepTimeout: options.stepTimeout ?? DEFAULT_STEP_TIMEOUT,
      randomBytes: options.randomBytes ?? systemRandomBytes,
      log: given.log,
      metrics,
    };
    const listener = await Listener.start({
      port: options.listenPort ?? DEFAULT_SERVER_LISTEN_PORT,
      host: (options.bindAddress ?? DEFAULT_SERVER_BIND_ADDRESS) || undefined,
      open,
      serve: (connection) => serveConnection(connection, serving),
      onError: (error) => void runtimeErrors.record('listen', error, undefined),
      clock,
    });
    const run = new Run(listener, open, live, () => clock.elapsed());
    if (options.web) await run.#startWeb(webServer(given, rules, live, { context, open, verbs: handlers.verbs }));
    return run;
  }

  get port(): number {
    return this.#listener.port;
  }

  get webPort(): number | undefined {
    return this.#web?.getListenPort();
  }

  /** Whole seconds. */
  get uptime(): number {
    return Math.floor((this.#elapsed() - this.#startedAt) / 1000);
  }

  /** Resolves when the server has been stopped. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  reconfigure(options: LiveOptions): void {
    this.#live.replace(options);
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all([this.#listener.stop(graceMs), this.#web?.stop(graceMs)]);
  }

  end(): void {
    this.#ended.resolve();
  }

  /** Where the web server can't be started nothing is left listening. */
  async #startWeb(web: WebServer): Promise<void> {
    try {
      await web.start();
      this.#web = web;
    } catch (error) {
      await this.#listener.stop(0);
      throw error;
    }
  }
}

function requestContext(
  { options, routines, runtimeErrors }: RunOptions,
  live: LiveRules,
  handlers: Handlers,
  onBadToken: RequestContext['onBadToken'],
): RequestContext {
  const { accessTokens } = options;
  return {
    events: routines,
    handlerOf: handlers.of,
    isAllowed: (address) => live.allows(address),
    isValidToken: accessTokens && ((token) => accessTokens.isValid(token)),
    onBadToken,
    onRuntimeError: (name, error, client) => runtimeErrors.record(name, error, client),
  };
}

function webServer(
  { options, log }: RunOptions,
  { sources, trustedProxies }: AccessRules,
  live: LiveRules,
  shared: { context: RequestContext; open: OpenConnections; verbs: () => string[] },
): WebServer {
  const { clock = systemClock, metrics, web = {}, bindAddress } = options;
  return new WebServer({
    ...shared,
    port: web.listenPort,
    bindAddress: web.bindAddress ?? bindAddress,
    tls: web.tls,
    sources,
    trustedProxies,
    get timeoutSeconds() {
      return live.clientTimeout;
    },
    clock,
    log,
    metrics,
  });
}

function prologueOptions(
  { options, rsaWrapper }: RunOptions,
  { trustedProxies }: AccessRules,
  live: LiveRules,
): PrologueOptions {
  const { clock = systemClock, tls, stepTimeout = DEFAULT_STEP_TIMEOUT } = options;
  const limitMs = () => Math.min(stepTimeout, live.clientTimeout) * 1000;
  return {
    clock,
    get limitMs() {
      return limitMs();
    },
    speakFirstAfterMs: (options.speakFirstAfter ?? DEFAULT_SPEAK_FIRST_AFTER) * 1000,
    greeting: () => publicKeyHeader(rsaWrapper),
    trustedProxies,
    tls:
      tls &&
      new TlsFront({
        credentials: tls,
        alpn: ALPN_PROTOCOL,
        clock,
        get handshakeTimeoutMs() {
          return limitMs();
        },
      }),
  };
}
