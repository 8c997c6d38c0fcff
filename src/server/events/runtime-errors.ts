import type { Log } from '../../runtime/log.ts';
import { RuntimeError } from '../../wire/errors.ts';
import type { RequestClient } from '../request-client.ts';
import type { EventRoutines } from './event-routines.ts';
import { EVENT_RUNTIME_ERROR } from './server-events.ts';

/** What went wrong in the server itself: counted, logged, and told to the routine for it. */
export class RuntimeErrors {
  #amount = 0;
  readonly #routines: EventRoutines;
  readonly #log: Log;

  constructor(routines: EventRoutines, log: Log) {
    this.#routines = routines;
    this.#log = log;
  }

  get amount(): number {
    return this.#amount;
  }

  /** @param name what the server was at. Never throws: a routine for errors that fails is logged. */
  async record(name: string, error: unknown, client: RequestClient | undefined): Promise<void> {
    this.#amount += 1;
    this.#log.error({ client: client?.getID(), at: name, err: error }, 'internal error');
    const exClass = error instanceof Error ? error.name : typeof error;
    const traceback = error instanceof Error ? (error.stack ?? error.message) : String(error);
    try {
      const data = { name, exClass, traceback, ...(client && { clientInstance: client }) };
      await this.#routines.run(EVENT_RUNTIME_ERROR, data);
    } catch (failure) {
      // The routine may close the client, or the error may have come when it was closed.
      if (failure instanceof RuntimeError && failure.code === 'Closed') return;
      this.#log.error({ client: client?.getID(), at: 'onRuntimeError', err: failure }, 'internal error');
    }
  }
}
