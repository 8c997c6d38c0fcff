/**
 * `npm run dashboards`: runs a lab in memory with machines that are played, lets clients come, scrapes all with Debian's
 * Prometheus, asks it what the panels of deploy/dashboards ask, and takes a picture of each dashboard. `--seconds 90` says
 * how long clients come, `--out FOLDER` where the pictures go: otherwise into a temporary folder.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installTools } from '../../src/main/demo/tools.ts';
import { PROMETHEUS } from '../alerts/promtool.ts';
import { answersOf } from './draw/answers.ts';
import { PAGE_WIDTH, page } from './draw/page.ts';
import { BROWSER, picture } from './draw/picture.ts';
import { Prometheus } from './draw/prometheus.ts';
import { startScene } from './draw/scene.ts';
import { readDashboards } from './panels.ts';

const HOST = '127.0.0.71';
const CLIENTS = 5;
const LUCK = { minMs: 1_500, maxMs: 4_000, failing: 0.08 };

const say = (line: string) => process.stderr.write(`${line}\n`);
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '90' }, out: { type: 'string' } } });
const seconds = Number(values.seconds);
if (!(seconds >= 10 && seconds <= 3600)) {
  say('--seconds takes a number from 10 to 3600');
  process.exit(2);
}

await installTools([PROMETHEUS, BROWSER], say);
const work = await mkdtemp(join(tmpdir(), 'anweddol-dashboards-'));
const out = values.out === undefined ? work : resolve(values.out);
await mkdir(out, { recursive: true });
{
  await using scene = await startScene(HOST, LUCK);
  await using prometheus = await Prometheus.start(join(work, 'prometheus'), scene.jobs);
  const from = Date.now() / 1000;
  say(`clients come for ${seconds} s`);
  await scene.clients(CLIENTS, AbortSignal.timeout(seconds * 1000));
  const time = { from, to: Date.now() / 1000 };
  for (const dashboard of await readDashboards()) {
    const { html, height } = page(dashboard, await answersOf(dashboard, prometheus, time), time);
    const file = join(work, `${dashboard.file}.html`);
    await writeFile(file, html);
    const png = join(out, `${dashboard.file}.png`);
    await picture(file, png, { width: PAGE_WIDTH, height });
    say(png);
  }
}
await rm(join(work, 'prometheus'), { recursive: true, force: true });
process.exit();
