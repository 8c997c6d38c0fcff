import type { AnweddolServer } from '../../api/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Caches } from '../context.ts';
import { ColdBoots } from './cold-boots.ts';
import type { OperatorMetrics } from './operator-metrics.ts';

/** Counts what shows in the caches alone, from now on until the signal aborts. */
export function countChanges(
  { servers, machines }: Pick<Caches, 'servers' | 'machines'>,
  metrics: Pick<OperatorMetrics, 'known' | 'gone' | 'bootSucceeded' | 'bootFailed'>,
  clock: Clock,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  const until = (end: () => void) => signal.addEventListener('abort', end, { once: true });
  const tell = (current: AnweddolServer | undefined, previous: AnweddolServer | undefined): void => {
    const { namespace = '', name } = (current ?? previous)?.metadata ?? { name: '' };
    if (!current) metrics.gone({ namespace, name });
    else if (!previous) metrics.known({ namespace, name });
  };
  for (const server of servers.list()) tell(server, undefined);
  until(servers.onChange(tell));
  const boots = new ColdBoots(metrics, clock);
  // How those began that are there already, nobody knows.
  const begin = () => {
    if (!signal.aborted) until(machines.onChange((current, previous) => boots.see(current, previous)));
  };
  machines.synced(signal).then(begin, () => undefined);
}
