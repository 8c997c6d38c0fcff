import type { Log } from '../runtime/log.ts';
import { silentLog } from '../runtime/log.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { VERSION } from '../version.ts';
import { noBackend } from '../virtualization/no-backend.ts';
import { VirtualizationInterface } from '../virtualization/virtualization-interface.ts';
import { RuntimeError } from '../wire/errors.ts';
import { RSAWrapper } from '../wire/rsa-wrapper.ts';
import { DEFAULT_ASYCHRONOUS, DEFAULT_START_TIMEOUT, DEFAULT_STOP_GRACE } from './constants.ts';
import type { DatabaseInterface } from './database/database-interface.ts';
import { MemoryDatabase } from './database/memory-database.ts';
import { EventBinder } from './events/event-binder.ts';
import { RuntimeErrors } from './events/runtime-errors.ts';
import { EVENT_STARTED, EVENT_STOPPED } from './events/server-events.ts';
import { documentedHandlers } from './handlers/documented-handlers.ts';
import type { RequestHandler } from './request-handler.ts';
import { Run } from './run.ts';
import type { RuntimeStatistics } from './runtime-statistics.ts';
import type { ServerGauges } from './server-metrics.ts';
import type { LiveOptions, ServerInterfaceOptions } from './server-options.ts';

/** An Anweddol server: listens, exchanges keys with many clients at once, and answers one request of each. */
export class ServerInterface extends EventBinder implements AsyncDisposable {
  #options: ServerInterfaceOptions;
  readonly #log: Log;
  readonly #virtualization: VirtualizationInterface;
  readonly #database: DatabaseInterface;
  readonly #runtimeErrors: RuntimeErrors;
  readonly #handlers = new Map<string, RequestHandler>();
  #rsaWrapper: RSAWrapper | undefined;
  #run: Run | undefined;
  #starting: Promise<Run> | undefined;
  #stopping: Promise<void> | undefined;

  /** @throws `ValueError` `BadOption`, `BadCidr` */
  constructor(options: ServerInterfaceOptions = {}) {
    super();
    const clock = options.clock ?? systemClock;
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#virtualization = options.runtimeVirtualizationInterface ?? new VirtualizationInterface(noBackend);
    this.#database = options.runtimeDatabaseInterface ?? new MemoryDatabase({ clock });
    this.#runtimeErrors = new RuntimeErrors(this.routines, this.#log);
    this.#rsaWrapper = options.runtimeRsaWrapper;
    Run.check(options);
  }

  getRuntimeDatabaseInterface(): DatabaseInterface {
    return this.#database;
  }

  getRuntimeVirtualizationInterface(): VirtualizationInterface {
    return this.#virtualization;
  }

  /** Undefined until the server has been started, unless one was given. */
  getRuntimeRSAWrapper(): RSAWrapper | undefined {
    return this.#rsaWrapper;
  }

  getRuntimeStatistics(): RuntimeStatistics {
    const available = this.#virtualization.getAvailableContainersAmount();
    return [this.#run !== undefined, this.#runtimeErrors.amount, this.#run?.uptime ?? 0, available];
  }

  /** What metrics are read from. */
  getGauges(): ServerGauges {
    return {
      openConnections: () => this.#run?.open.size ?? 0,
      waitingConnections: () => this.#run?.open.waiting ?? 0,
      keyQueueLength: () => this.#rsaWrapper?.queueLength ?? 0,
      availableContainers: () => this.#virtualization.getAvailableContainersAmount(),
      runtimeErrors: () => this.#runtimeErrors.amount,
    };
  }

  /** The port clients connect to. @throws `RuntimeError` `NotConnected` unless the server listens */
  getListenPort(): number {
    return this.#listening().port;
  }

  /** The port of the web server. @throws `RuntimeError` `NotConnected` unless there is one and it listens */
  getWebListenPort(): number {
    const port = this.#listening().webPort;
    if (port === undefined) throw new RuntimeError('NotConnected', 'the server has no web server');
    return port;
  }

  /** Sets who serves the requests of a verb, a documented one or any other of capital letters. */
  setRequestHandler(verb: string, routine: RequestHandler): void {
    this.#handlers.set(verb, routine);
  }

  /**
   * Changes options while the server runs; those that are absent stay as they are. Connections that are open keep their time
   * limits, a CREATE that has begun keeps its own; the filter holds from the next request on.
   * @throws `ValueError` `BadCidr`, `BadOption`: nothing has changed then
   */
  reconfigure(changes: LiveOptions): void {
    const options = { ...this.#options, ...changes };
    Run.check(options);
    this.#options = options;
    this.#run?.reconfigure(options);
  }

  /**
   * Starts the server. By default it resolves when the server has been stopped; with `asynchronous`, when it listens.
   * @throws `RuntimeError` `Refused` when it runs already; `ValueError` `BadIso`; the system's error when it can't listen
   */
  async startServer(options: { asynchronous?: boolean } = {}): Promise<void> {
    if (this.#run || this.#starting) throw new RuntimeError('Refused', 'the server is running already');
    this.#starting = this.#start();
    try {
      this.#run = await this.#starting;
    } finally {
      this.#starting = undefined;
    }
    // They may have changed while it was starting.
    this.#run.reconfigure(this.#options);
    const { ended } = this.#run;
    await this.#tell('start', EVENT_STARTED);
    if (!(options.asynchronous ?? DEFAULT_ASYCHRONOUS)) await ended;
  }

  /**
   * Stops to listen, lets the clients that are being served finish for as long as the grace period lasts, and closes the
   * others. Containers that were given out stay. A server that is still starting is stopped as soon as it has started; one
   * that does not run is left alone.
   */
  async stopServer(): Promise<void> {
    if (this.#starting) await this.#starting.catch(() => undefined);
    const run = this.#run;
    if (!run) return this.#stopping;
    this.#run = undefined;
    this.#stopping = this.#stop(run);
    try {
      await this.#stopping;
    } finally {
      this.#stopping = undefined;
    }
  }

  /** Stops the server if it runs, and starts it: its uptime begins again, and the count of its errors goes on. */
  async restartServer(options: { asynchronous?: boolean } = {}): Promise<void> {
    await this.stopServer();
    await this.startServer(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopServer();
  }

  async #start(): Promise<Run> {
    this.#rsaWrapper ??= await RSAWrapper.generate();
    const { version = VERSION, clock = systemClock, metrics, tracer, onContainerFailed } = this.#options;
    const startTimeout = () => this.#options.startTimeout ?? DEFAULT_START_TIMEOUT;
    return await Run.start({
      options: this.#options,
      log: this.#log,
      rsaWrapper: this.#rsaWrapper,
      routines: this.routines,
      runtimeErrors: this.#runtimeErrors,
      handlers: ({ iso, onBadToken }) => {
        const documented = documentedHandlers({
          virtualization: this.#virtualization,
          database: this.#database,
          events: this.routines,
          statistics: () => this.getRuntimeStatistics(),
          version,
          get startTimeout() {
            return startTimeout();
          },
          iso,
          onBadToken,
          onContainerFailed,
          clock,
          log: this.#log,
          metrics,
          tracer,
        });
        return {
          of: (verb) => this.#handlers.get(verb) ?? documented.get(verb),
          verbs: () => [...documented.keys(), ...this.#handlers.keys()],
        };
      },
    });
  }

  async #stop(run: Run): Promise<void> {
    await run.stop((this.#options.stopGrace ?? DEFAULT_STOP_GRACE) * 1000);
    await this.#tell('stop', EVENT_STOPPED);
    run.end();
  }

  /** A routine that fails keeps the server neither from starting nor from stopping. */
  async #tell(name: string, event: typeof EVENT_STARTED | typeof EVENT_STOPPED): Promise<void> {
    try {
      await this.routines.run(event, {});
    } catch (error) {
      await this.#runtimeErrors.record(name, error, undefined);
    }
  }

  #listening(): Run {
    if (!this.#run) throw new RuntimeError('NotConnected', 'the server does not listen');
    return this.#run;
  }
}
