/** A server is deleted while a client has a container of it. The cluster does it; ours only must not be in its way. */
import type { Scene } from '../ground/scene.ts';
import { mustCreate } from './container-flows.ts';
import { BASE, type Flow } from './flow.ts';
import { crashAt } from './points.ts';
import { deleteServer } from './server.ts';
import { isGone } from './server-flows.ts';

const KILLS = ['operator-killed', 'server-killed'] as const;
/** What is seen of the deletion, in any order; whoever was killed, all of it comes about within this. */
const SEEN_MS = 30_000;

const POINTS: Record<string, (scene: Scene) => boolean> = {
  'deletion/asked': () => true,
  'deletion/server-gone': ({ server }) => !server,
  'deletion/machine-ending': (scene) => machines(scene).every(({ object }) => object.metadata.deletionTimestamp),
  'deletion/machine-gone': (scene) => machines(scene).length === 0,
  'deletion/way-in-gone': ({ history }) => history.ofKind('EndpointSlice').length === 0,
  'deletion/deployment-gone': ({ history }) => history.ofKind('Deployment').length === 0,
};

export const DELETION: Flow = {
  name: 'deleted',
  spec: BASE,
  prepare: mustCreate,
  act: deleted,
  isOver: isGone,
  points: Object.keys(POINTS).map((point) => ({
    point,
    // Server pods are ended by then.
    moments: point === 'deletion/deployment-gone' || point === 'deletion/machine-gone' ? [KILLS[0]] : KILLS,
  })),
  // Whether the operator or the garbage collector is the first to delete them differs.
  uncounted: ['VirtualMachineInstance', 'Secret', 'EndpointSlice', 'Pod'],
};

async function deleted(scene: Scene): Promise<void> {
  const late = AbortSignal.any([scene.signal, AbortSignal.timeout(SEEN_MS)]);
  const seen = Object.entries(POINTS)
    .slice(1)
    .map(async ([point, isThere]) => {
      await scene.history.until(() => isThere(scene), late);
      crashAt(scene, point);
    });
  await deleteServer(scene);
  crashAt(scene, 'deletion/asked');
  // What never comes is found by others.
  await Promise.allSettled(seen);
}

function machines({ history }: Scene) {
  return history.ofKind('VirtualMachineInstance');
}
