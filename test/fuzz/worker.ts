/** A process of `run.ts`: runs its share, in silence but for messages to its parent. */
import { campaign, type Share, type Tally } from './campaign.ts';
import { layGround } from './ground.ts';

export type Told = { progress: { done: number; failed: number; residentBytes: number } } | { tally: Tally };

const PROGRESS_MS = 500;

process.once('message', async (share: Share) => {
  await using ground = await layGround();
  let next = 0;
  const onProgress = (done: number, failed: number): void => {
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS_MS;
    tell({ progress: { done, failed, residentBytes: process.memoryUsage.rss() } });
  };
  tell({ tally: await campaign({ ...share, ground, onProgress }) });
  process.disconnect();
});

function tell(told: Told): void {
  process.send?.(told);
}
