import type { Tally } from './campaign.ts';

/** Bytes that a process may hold more at the end than when it was warm. */
const MOST_GROWTH_BYTES = 20 * 1024 * 1024;

export function isClean({ failures, unhandled, growthBytes }: Tally): boolean {
  return failures.length + unhandled.length === 0 && growthBytes <= MOST_GROWTH_BYTES;
}

/** What was found, each with how to see it again; then the numbers. */
export function tableOf(tally: Tally, seed: number): string {
  const { runs, outcomes, failures, unhandled, growthBytes, seconds } = tally;
  const kinds = Object.entries(outcomes).map(([kind, counts]) => {
    const most = Object.entries(counts).sort(([, one], [, other]) => other - one);
    const total = most.reduce((sum, [, count]) => sum + count, 0);
    const words = most.map(([outcome, count]) => `${outcome} ${count}`).join(', ');
    return `${kind.padEnd(26)} ${String(total).padStart(9)}  ${words}`;
  });
  const found = [
    ...failures.map(({ index, kind, error }) => `--seed ${seed} --only ${index} (${kind})\n${error}\n`),
    ...unhandled.map((error) => `unhandled: ${error}\n`),
  ];
  const totals = [
    `runs        ${runs} in ${seconds.toFixed(1)} s, seed ${seed}`,
    `crashes     ${failures.length}`,
    `unhandled   ${unhandled.length}`,
    `RSS growth  ${megabytes(growthBytes)} MB (limit ${megabytes(MOST_GROWTH_BYTES)} MB)`,
  ];
  return `${[...found, ...kinds, '', ...totals].join('\n')}\n`;
}

export function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
