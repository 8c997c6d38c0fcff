import { asking, chosenAll, type Dashboard } from '../panels.ts';
import type { Answered, Time } from './draw-panel.ts';
import type { Prometheus } from './prometheus.ts';

/** Prometheus scrapes each second here; Grafana would take four of its intervals. */
const RATE = '15s';
const POINTS = 150;

/** What Prometheus answers to each panel. @throws Error with the query that it does not understand */
export async function answersOf(dashboard: Dashboard, prometheus: Prometheus, time: Time): Promise<Answered[]> {
  const seconds = Math.ceil(time.to - time.from);
  const times = { rate: RATE, range: `${seconds}s` };
  const step = Math.max(1, Math.ceil(seconds / POINTS));
  return Promise.all(
    asking(dashboard).map(async (panel) => ({
      panel,
      answers: await Promise.all(
        panel.targets.map(async ({ expr, legendFormat, instant }) => {
          const query = chosenAll(expr, dashboard, times);
          const series = instant
            ? await prometheus.now(query)
            : await prometheus.between(query, time.from, time.to, step);
          return { legend: legendFormat, series };
        }),
      ),
    })),
  );
}
