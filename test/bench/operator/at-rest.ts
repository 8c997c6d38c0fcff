import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Table } from '../server/table.ts';
import type { Ground } from './ground.ts';
import { OperatorProcess } from './operator-process.ts';
import { Recorder, told } from './recorder.ts';

const IDLE_MS = Number(process.env.IDLE_SECONDS ?? 60) * 1000;
const QUIET_MS = 5_000;
const PATIENCE_MS = 400_000;

/**
 * What an operator asks for that finds everything done: after its start, while nothing happens, and for one small change.
 * It runs behind a proxy, which would have slowed down the one that did everything.
 * @param on begins the names of the rows
 */
export async function atRest(
  table: Table,
  on: string,
  ground: Ground,
  folder: string,
  change: { name: string; make(): Promise<unknown> },
): Promise<void> {
  await using recorder = await Recorder.start(ground);
  await using operator = await OperatorProcess.start(ground.kubeconfig(recorder.url), join(folder, 'operator'));
  await recorder.begun();
  await recorder.quiet(QUIET_MS, PATIENCE_MS);
  const none = { unit: '', goal: { atMost: 0 } };
  const restarted = recorder.writes;
  table.add({
    name: `${on}: writes of an operator that starts again`,
    value: restarted.length,
    ...none,
    note: told(restarted),
  });
  recorder.clear();
  await sleep(IDLE_MS);
  const idle = recorder.writes;
  const note = `${told(idle)}; other requests: ${recorder.calls.length - idle.length}`;
  table.add({ name: `${on}: writes in ${IDLE_MS / 1000} s`, value: idle.length, ...none, note });
  const { resident, peak } = await operator.memory();
  const last = `${resident.toFixed(0)} MB at last`;
  table.add({ name: `${on}: its memory at most`, value: peak, unit: 'MB', goal: { atMost: 150 }, note: last });
  recorder.clear();
  await change.make();
  await recorder.quiet(QUIET_MS, PATIENCE_MS);
  const { calls } = recorder;
  const name = `${on}: requests for ${change.name}`;
  table.add({ name, value: calls.length, unit: '', goal: { atMost: 20 }, note: told(calls) });
}
