import { percentile } from './percentile.ts';

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** The median of some rounds, and how far they lie apart. */
export function rounds(samples: readonly number[]): { value: number; note: string } {
  const [least, most] = [Math.min(...samples), Math.max(...samples)].map((sample) => sample.toPrecision(2));
  return { value: median(samples), note: `${least} to ${most} in ${samples.length} rounds` };
}
