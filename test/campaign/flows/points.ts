/** Points of a flow that are no writes of ours. */
import type { Scene } from '../ground/scene.ts';

/** What happens at such a point: a process is killed, or the client goes. */
const POINT_MOMENTS = ['operator-killed', 'server-killed', 'client-gone'] as const;
export type PointMoment = (typeof POINT_MOMENTS)[number];

/** A point is reached: whoever the plan wants to die there dies. */
export function crashAt(scene: Scene, point: string, leave: () => void = () => {}): void {
  const next = scene.armed?.next;
  if (next?.write !== `${point}#1`) return;
  scene.armed?.reach();
  const deeds: Record<PointMoment, () => void> = {
    'operator-killed': () => scene.operators.forEach((operator) => void operator.crash()),
    'server-killed': () => scene.pods.ready().forEach(({ metadata }) => void scene.pods.kill(metadata.uid)),
    'client-gone': leave,
  };
  const moment = POINT_MOMENTS.find((one) => one === next.moment);
  if (!moment) throw new RangeError(`at ${point} can happen ${POINT_MOMENTS.join(', ')}, not ${next.moment}`);
  deeds[moment]();
}
