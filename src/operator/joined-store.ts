import { type KubeObject, nameOf } from '../kube/objects.ts';
import type { Store } from '../kube/store.ts';

/** One view of the stores of several namespaces, by namespace. Objects of others are not in it. */
export function joinedStore<T extends KubeObject>(stores: Map<string, Store<T>>): Store<T> {
  const parts = [...stores.values()];
  const joined: Store<T> = {
    get hasSynced() {
      return parts.every(({ hasSynced }) => hasSynced);
    },
    /** That of the one which was silent for the longest. */
    get lastHeardAt() {
      const times = parts.map(({ lastHeardAt }) => lastHeardAt);
      return times.some((time) => time === undefined) ? undefined : Math.min(...times.map(Number));
    },
    async synced(signal) {
      await Promise.all(parts.map((store) => store.synced(signal)));
    },
    get: (key) => stores.get(nameOf(key).namespace ?? '')?.get(key),
    list: () => parts.flatMap((store) => store.list()),
    byIndex: (index, value) => parts.flatMap((store) => store.byIndex(index, value)),
    onChange(listener) {
      const ends = parts.map((store) => store.onChange(listener));
      return () => {
        for (const end of ends) end();
      };
    },
    async waitFor(look, signal) {
      const found = new AbortController();
      const either = AbortSignal.any([signal, found.signal]);
      try {
        return await Promise.race(parts.map((store) => store.waitFor(() => look(joined), either)));
      } finally {
        found.abort();
      }
    },
  };
  return joined;
}
