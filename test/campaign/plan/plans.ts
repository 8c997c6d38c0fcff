import { MOMENTS } from '../../support/crash-proxy/proxy.ts';
import type { Flow } from '../flows/flow.ts';
import type { CrashPoint, Plan } from './plan.ts';
import type { Learned } from './writes.ts';

export interface PlanOptions {
  /** Which of the moments of a write; for the short form one of them, another one for each write, of those in every run. */
  moments: 'all' | 'one';
  pairs: boolean;
}

/** All crashes of a flow whose writes are known. */
export function plansOf(
  { name, points = [], pairs }: Pick<Flow, 'name' | 'points' | 'pairs'>,
  { writes, unstable }: Learned,
  options: PlanOptions,
): Plan[] {
  const all = options.moments === 'all' ? [...writes, ...unstable] : writes;
  const atWrites = all.flatMap((write, index) => {
    const moments = options.moments === 'all' ? MOMENTS : [MOMENTS[index % MOMENTS.length] ?? 'before'];
    return moments.map((moment): CrashPoint => ({ write, moment }));
  });
  const besides = points.flatMap(({ point, moments }) => moments.map((moment) => ({ write: `${point}#1`, moment })));
  const single = [...atWrites, ...besides].map((point): Plan => ({ flow: name, points: [point] }));
  return options.pairs && pairs ? [...single, ...pairsOf(name, writes)] : single;
}

/** Each write lost with its answer, and what takes over dies at any of the writes that it makes then. */
function pairsOf(flow: string, writes: readonly string[]): Plan[] {
  const seconds = [...new Set(writes.map((write) => write.replace(/#\d+$/, '#1')))];
  const lost = (write: string): CrashPoint => ({ write, moment: 'unanswered' });
  return writes.flatMap((first) => seconds.map((second) => ({ flow, points: [lost(first), lost(second)] })));
}
