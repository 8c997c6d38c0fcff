import { BoundedMap } from '../runtime/events/bounded-map.ts';
import type { GenerationNumber } from '../wire/generation.ts';
import type { ServerAddress } from './dial.ts';

/** The generation of the protocol that each server was found to speak. */
export interface GenerationMemory {
  recall(server: ServerAddress): GenerationNumber | undefined;
  remember(server: ServerAddress, generation: GenerationNumber): void;
  forget(server: ServerAddress): void;
}

const DEFAULT_MOST_SERVERS = 1024;

/** In memory; forgets the server that was not asked for the longest when it is full. */
export class BoundedGenerationMemory implements GenerationMemory {
  readonly #generations: BoundedMap<GenerationNumber>;

  constructor(mostServers: number = DEFAULT_MOST_SERVERS) {
    this.#generations = new BoundedMap(mostServers);
  }

  recall(server: ServerAddress): GenerationNumber | undefined {
    return this.#generations.get(keyOf(server));
  }

  remember(server: ServerAddress, generation: GenerationNumber): void {
    this.#generations.set(keyOf(server), generation);
  }

  forget(server: ServerAddress): void {
    this.#generations.delete(keyOf(server));
  }
}

/**
 * What clients share that are given no memory of their own: a client sends one request, so nobody would ask a memory
 * in it. The one thing here that lives as long as the process; losing it costs an old server two or three connections.
 */
export const processGenerationMemory: GenerationMemory = new BoundedGenerationMemory();

function keyOf({ host, port }: ServerAddress): string {
  return `${host.toLowerCase()} ${port}`;
}
