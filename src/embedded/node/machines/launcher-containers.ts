import type { Pod } from '../../../kube/resources.ts';
import { type ImageCatalogue, imageId } from '../images/image-catalogue.ts';
import { type ContainerRecord, newRecord } from '../pods/container-record.ts';
import { pullProblem } from '../pods/pull-problem.ts';

/** The container of a launcher pod that stands for the machine itself. */
const COMPUTE = 'compute';

/** The containers of a launcher pod, none of which is a process here. */
export class LauncherContainers {
  readonly initContainers: ContainerRecord[];
  readonly containers: ContainerRecord[];

  constructor(pod: Pod) {
    this.initContainers = (pod.spec?.initContainers ?? []).map(newRecord);
    this.containers = (pod.spec?.containers ?? []).map(newRecord);
  }

  /** Looks for the images. Every container waits until all are there, and tells why. */
  pull(pod: Pod, { images }: ImageCatalogue, attempt: number): boolean {
    // The images of KubeVirt's own programs are always there: what they do is this node's part.
    const own = new Set(this.containers.filter(({ name }) => name === COMPUTE).map(({ image }) => image));
    const isThere = (reference: string) => own.has(reference) || images.get(reference)?.kind === 'disk';
    const volumes = (pod.spec?.volumes ?? []).flatMap(({ image }) => image?.reference ?? []);
    const missing = new Set([...volumes, ...this.containers.map(({ image }) => image)].filter((it) => !isThere(it)));
    for (const record of this.containers) {
      const wanted = missing.has(record.image)
        ? record.image
        : record.name === COMPUTE
          ? volumes.find((it) => missing.has(it))
          : undefined;
      if (wanted) record.state = { waiting: pullProblem(wanted, attempt) };
    }
    return missing.size === 0;
  }

  start(at: string): void {
    for (const record of this.initContainers) {
      const terminated = { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at };
      Object.assign(record, { imageId: imageId(record.image), state: { terminated }, ready: true });
    }
    for (const record of this.containers) {
      const ready = record.name !== COMPUTE;
      Object.assign(record, {
        imageId: imageId(record.image),
        state: { running: { startedAt: at } },
        started: true,
        ready,
      });
    }
  }

  /** The process that the machine runs in. */
  setProcess(processId: number | undefined): void {
    for (const record of this.containers) if (record.name === COMPUTE) record.processId = processId;
  }

  setReady(ready: boolean): void {
    for (const record of this.containers) if (record.name === COMPUTE) record.ready = ready;
  }

  finish(exitCode: number, at: string): void {
    for (const record of this.containers) {
      const code = record.name === COMPUTE ? exitCode : 0;
      const startedAt = record.state.running?.startedAt ?? at;
      const terminated = { exitCode: code, reason: code === 0 ? 'Completed' : 'Error', startedAt, finishedAt: at };
      Object.assign(record, { state: { terminated }, started: false, ready: false });
    }
  }
}
