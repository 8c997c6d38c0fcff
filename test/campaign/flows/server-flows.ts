import type { Scene } from '../ground/scene.ts';
import type { StoredObject } from '../truth/version.ts';
import { isIdle, OF_CONTAINERS, WARM } from './container-flows.ts';
import { BASE, type Flow, PODLESS } from './flow.ts';
import { createServer, editServer } from './server.ts';

const { containers } = BASE;

export const SERVER_FLOWS: Flow[] = [
  { name: 'created', act: (scene) => createServer(scene, BASE) },
  { name: 'created-warm', act: (scene) => createServer(scene, WARM), isOver: isIdle, uncounted: OF_CONTAINERS },
  { name: 'scaled-up', spec: BASE, act: (scene) => editServer(scene, { replicas: 2 }) },
  { name: 'scaled-down', spec: { ...BASE, replicas: 2 }, act: (scene) => editServer(scene, { replicas: 1 }) },
  {
    name: 'slots-up',
    spec: PODLESS,
    act: (scene) => editServer(scene, { containers: { maxRunning: 3 } }),
  },
  {
    name: 'slots-down',
    spec: { ...PODLESS, containers: { ...containers, maxRunning: 3 } },
    act: (scene) => editServer(scene, { containers: { maxRunning: 2 } }),
  },
  { name: 'key-rotated', spec: BASE, act: (scene) => editServer(scene, { keys: { rotation: 1 } }) },
];

/** Whether nothing is left of the server. */
export function isGone(scene: Scene): boolean {
  return [...scene.history.objects.values()].every((stored) => isNobodys(scene, stored));
}

/** What was there before the server; and what people made, with what belongs to it, is theirs to delete. */
export function isNobodys({ ambient }: Scene, { kind, object: { metadata } }: StoredObject): boolean {
  return (
    kind === 'Event' ||
    kind === 'AnweddolAccessToken' ||
    ambient.has(metadata.uid) ||
    (metadata.ownerReferences ?? []).some((owner) => owner.kind === 'AnweddolAccessToken')
  );
}
