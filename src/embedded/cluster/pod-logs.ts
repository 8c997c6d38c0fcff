import { Readable } from 'node:stream';
import type { KubeClient } from '../../kube/client.ts';
import { Pod } from '../../kube/resources.ts';
import type { PodLogs } from '../apiserver/handlers/context.ts';
import type { LogBuffer } from '../node/log-buffer.ts';

/** What a container of a pod wrote, where the node of that pod is at hand. */
export type LogSource = (pod: { uid: string }, container?: string) => LogBuffer | undefined;

/** Where `kubectl logs` gets its lines from: the node's memory. */
export function podLogs(client: () => KubeClient, source: () => LogSource | undefined): PodLogs {
  return async (namespace, name, { container, follow, tailLines }) => {
    const pod = await client().get(Pod, { namespace, name });
    const log = source()?.({ uid: pod?.metadata.uid ?? '' }, container);
    if (!log) return Readable.from([]);
    if (!follow) return Readable.from([log.tail(tailLines)]);
    const stop = new AbortController();
    const lines = Readable.from(log.follow(tailLines, stop.signal));
    return lines.once('close', () => stop.abort());
  };
}
