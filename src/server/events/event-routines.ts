import { RuntimeError } from '../../wire/errors.ts';
import type { RequestClient } from '../request-client.ts';
import type { EventData, EventRoutine, ServerEvent } from './server-events.ts';

/** Which routine is bound to which event: one to each, the last that was set. */
export class EventRoutines {
  readonly #routines: { [E in ServerEvent]?: EventRoutine<E> } = {};

  set<E extends ServerEvent>(event: E, routine: EventRoutine<E>): void {
    const routines: { [F in ServerEvent]?: EventRoutine<F> } = this.#routines;
    (routines as Record<E, EventRoutine<E>>)[event] = routine;
  }

  /**
   * Runs the routine, if there is one, to its end.
   * @throws what the routine throws; `RuntimeError` `Closed` when it has closed the client, whose session ends with that
   */
  async run<E extends ServerEvent>(event: E, data: EventData[E]): Promise<void> {
    const routine: EventRoutine<E> | undefined = this.#routines[event];
    if (!routine) return;
    await routine(data);
    if (clientOf(data)?.isClosed()) throw new RuntimeError('Closed', 'the client left, or a routine closed it');
  }
}

function clientOf(data: object): RequestClient | undefined {
  return 'clientInstance' in data ? (data.clientInstance as RequestClient | undefined) : undefined;
}
