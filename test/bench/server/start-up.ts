import { ChildProgram } from './child-program.ts';
import { median } from './median.ts';

const RUNS = 7;

/** Seconds from the start of a program until it says that it is ready: the median of some runs. */
export async function startUpSeconds(program: string, args: readonly string[] = []): Promise<number> {
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    await using _ = await ChildProgram.start(program, args);
    seconds.push((performance.now() - started) / 1000);
  }
  return median(seconds);
}
