/**
 * `npm run fuzz`: strangers of every kind against the server's own code. `-- --runs 2000000 --seed 7` says how many and
 * which; `--only 1234` repeats a single one of that seed; `--workers 2` shares them among processes; `-o json` prints the
 * numbers for programs. The exit code is 1 when anything was found: a crash, a hang, a rejection that nobody handled,
 * something left over, or memory that grew.
 */
import { parseArgs } from 'node:util';
import { runOnce } from './campaign.ts';
import { layGround } from './ground.ts';
import { isClean, megabytes, tableOf } from './table.ts';
import { runInWorkers } from './workers.ts';

const PROGRESS_MS = 1_000;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    workers: { type: 'string', default: '1' },
    only: { type: 'string' },
    output: { type: 'string', short: 'o', default: 'table' },
  },
});
const seed = wholeNumber('seed', values.seed);

if (values.only !== undefined) {
  await using ground = await layGround();
  say(JSON.stringify(await runOnce(seed, wholeNumber('only', values.only), ground)));
} else {
  const runs = wholeNumber('runs', values.runs);
  const workers = Math.max(1, wholeNumber('workers', values.workers));
  say(`seed ${seed}: ${runs} runs`);
  let next = performance.now() + PROGRESS_MS;
  const tally = await runInWorkers({ runs, seed, workers }, ({ done, failed, residentBytes }) => {
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS_MS;
    say(`${done} of ${runs} runs, ${failed} failed, ${megabytes(residentBytes)} MB`);
  });
  process.stdout.write(values.output === 'json' ? `${JSON.stringify({ seed, ...tally })}\n` : tableOf(tally, seed));
  process.exitCode = isClean(tally) ? 0 : 1;
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0 && text !== '') return number;
  say(`fuzz: --${name} takes a whole number, not "${text}"`);
  process.exit(2);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
