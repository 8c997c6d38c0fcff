import type { KubeClient } from '../../../../src/kube/client.ts';

const WRITES = new Set(['create', 'replace', 'apply', 'jsonPatch', 'mergePatch', 'delete']);

/** A client that writes down what is written through it, and whose program dies at one of the writes. */
interface MortalClient {
  kube: KubeClient;
  /** Such as `create Secret lab-token`. */
  writes: string[];
  /** Resolves when it has died. */
  died: Promise<void>;
}

/**
 * @param at which write it dies at, from 1. Default: none
 * @param how `before` the write, or `after` it: before anybody hears of its answer
 */
export function mortalClient(kube: KubeClient, at = Number.POSITIVE_INFINITY, how: 'before' | 'after' = 'before') {
  const writes: string[] = [];
  const death = Promise.withResolvers<void>();
  let isDead = false;
  const die = (): never => {
    isDead = true;
    death.resolve();
    throw new Error('the program is dead');
  };
  const client = new Proxy(kube, {
    get(target, name: keyof KubeClient) {
      const call = target[name] as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        if (isDead) die();
        if (!WRITES.has(name)) return call(...args);
        const [resource, object] = args as [{ kind: string }, { name?: string; metadata?: { name: string } }];
        writes.push(`${name} ${resource.kind} ${object.metadata?.name ?? object.name}`);
        const isLast = writes.length === at;
        if (isLast && how === 'before') die();
        const answer = await call(...args);
        return isLast ? die() : answer;
      };
    },
  });
  return { kube: client, writes, died: death.promise } satisfies MortalClient;
}
