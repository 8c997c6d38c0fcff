import type { ContainerContext } from './container-context.ts';
import type { Container } from './environment.ts';
import { type Probe, probeTarget } from './probe-target.ts';
import { runProbe } from './run-probe.ts';
import { type Ask, watchProbe } from './watch-probe.ts';

export interface ProbeListener {
  started(): void;
  ready(ready: boolean): void;
  /** The container must be restarted. */
  unhealthy(problem: string | undefined): void;
}

/** Watches the probes of a container that has just started: the startup probe first, then the other two. */
export function watchContainerProbes(
  container: Container,
  context: ContainerContext,
  signal: AbortSignal,
  listener: ProbeListener,
): void {
  const { clock } = context;
  const watch = (probe: Probe, initially: boolean | undefined, tell: Parameters<typeof watchProbe>[3], end = signal) =>
    void watchProbe(probe, asker(probe, container, context), initially, tell, { clock, signal: end });

  const afterStart = () => {
    listener.started();
    const { livenessProbe, readinessProbe } = container;
    if (readinessProbe) watch(readinessProbe, false, listener.ready);
    else listener.ready(true);
    if (livenessProbe) watch(livenessProbe, true, (_, problem) => listener.unhealthy(problem));
  };

  const { startupProbe } = container;
  if (!startupProbe) {
    afterStart();
    return;
  }
  const starting = new AbortController();
  const tell = (holds: boolean, problem: string | undefined) => {
    starting.abort();
    if (holds) afterStart();
    else listener.unhealthy(problem);
  };
  watch(startupProbe, undefined, tell, AbortSignal.any([signal, starting.signal]));
}

function asker(probe: Probe, container: Container, { sources, shift }: ContainerContext): Ask {
  const target = probeTarget(probe, container);
  if (!target) return async () => 'only httpGet and tcpSocket probes with a known port can run on this node';
  return (signal) => runProbe(target, { pod: sources.addresses.pod, shift }, signal);
}
