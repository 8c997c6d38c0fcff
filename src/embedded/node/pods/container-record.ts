import type { V1ContainerState, V1ContainerStatus } from '@kubernetes/client-node';
import type { Json } from '../../../kube/objects.ts';

type ContainerState = Json<V1ContainerState>;
export type ContainerStatus = Json<V1ContainerStatus>;

/** What the node knows of one container. */
export interface ContainerRecord {
  readonly name: string;
  readonly image: string;
  imageId: string;
  /** The number of its process, while and after it ran. */
  processId: number | undefined;
  state: ContainerState;
  lastState: ContainerState;
  restartCount: number;
  /** Passed its startup probe, or has none. */
  started: boolean;
  /** Passed its readiness probe, or has none. */
  ready: boolean;
}

export function newRecord(container: { name: string; image?: string }): ContainerRecord {
  return {
    name: container.name,
    image: container.image ?? '',
    imageId: '',
    processId: undefined,
    state: { waiting: { reason: 'ContainerCreating' } },
    lastState: {},
    restartCount: 0,
    started: false,
    ready: false,
  };
}

export function containerStatus(record: ContainerRecord): ContainerStatus {
  const { name, image, imageId: imageID, state, lastState, restartCount, processId } = record;
  const containerID = processId === undefined ? {} : { containerID: `process://${processId}` };
  const started = record.started && state.running !== undefined;
  // An init container is ready when it has done its work.
  const ready = (started && record.ready) || (state.terminated?.exitCode === 0 && record.ready);
  return { name, image, imageID, ...containerID, state, lastState, restartCount, started, ready };
}
