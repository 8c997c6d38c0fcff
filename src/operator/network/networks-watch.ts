import { isDeepStrictEqual } from 'node:util';
import type { AnweddolServer } from '../../api/resources.ts';
import { keyOf } from '../../kube/objects.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Watch } from '../../runtime/watch.ts';
import { type ClusterNetworks, NETWORKS_GOOD_FOR_MS } from './cluster-networks.ts';

export interface NetworksWatchParts {
  networks: Pick<ClusterNetworks, 'find'>;
  servers: { list(): Iterable<AnweddolServer> };
  clock: Clock;
  log: Log;
}

/** Each server is looked at again when the cluster's networks are found to be others. */
export function networksWatch({ networks, servers, clock, log }: NetworksWatchParts): Watch {
  return {
    mayBeAbsent: false,
    async synced() {},
    feed(queue) {
      const ended = new AbortController();
      const follow = async (): Promise<void> => {
        let before: unknown;
        for (;;) {
          try {
            const now = await networks.find(ended.signal);
            const isNews = before !== undefined && !isDeepStrictEqual(now, before);
            before = now;
            if (isNews) for (const { metadata } of servers.list()) queue.add(keyOf(metadata));
          } catch (error) {
            if (!ended.signal.aborted) log.warn({ err: error }, "the cluster's networks can't be looked up");
          }
          await clock.sleep(NETWORKS_GOOD_FOR_MS, ended.signal);
        }
      };
      follow().catch(() => {}); // it ends by the signal only
      return () => ended.abort();
    },
  };
}
