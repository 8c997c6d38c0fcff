import type { KubeClient } from '../../../../src/kube/client.ts';

/** What a dead process would not tell. */
export class Crash extends Error {}

/** An API client of a process that dies at its n-th write: before it, or after it was done. */
export function dying(kube: KubeClient, { write, isDone }: { write: number; isDone: boolean }): KubeClient {
  let left = write;
  const guard = async <R>(run: () => Promise<R>): Promise<R> => {
    left -= 1;
    if (left === 0 && !isDone) throw new Crash();
    const answer = await run();
    if (left <= 0) throw new Crash();
    return answer;
  };
  return {
    ...kube,
    apply: (resource, object, options) => guard(() => kube.apply(resource, object, options)),
    create: (resource, object, options) => guard(() => kube.create(resource, object, options)),
    delete: (resource, name, options) => guard(() => kube.delete(resource, name, options)),
  };
}
