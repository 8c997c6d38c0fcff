import { availableParallelism } from 'node:os';

/** What libuv takes when it is told nothing, and at most. */
const DEFAULT_THREADS = 4;
const MAX_THREADS = 1024;
/**
 * Two, so that a core has its next block when the main thread is late to hand it out. Measured on 2 cores with 4,096 bits:
 * one handle 1, two 1.65, four 2.0; privateDecrypt in two worker threads 1.95 to 2.05 with a process more to keep, and on
 * the main thread 1.05 while everybody else waits.
 */
const KEYS_PER_CORE = 2;

type Environment = Record<string, string | undefined>;

/** How many private-key operations go on at once: they run on the threads of libuv's pool, and keep every core busy. */
export function parallelDecryptions(environment: Environment, cores = availableParallelism()): number {
  return Math.min(KEYS_PER_CORE * cores, poolThreads(environment));
}

/**
 * Lets the pool have threads for every core that this process may use; a size that somebody has set stays. libuv reads the
 * variable when the pool is first used, and never again: call this before anything asynchronous.
 */
export function widenThreadPool(environment: Environment, cores = availableParallelism()): void {
  environment.UV_THREADPOOL_SIZE ??= String(Math.max(KEYS_PER_CORE * cores, DEFAULT_THREADS));
}

/** @see `init_threads` in https://github.com/libuv/libuv/blob/v1.x/src/threadpool.c */
function poolThreads({ UV_THREADPOOL_SIZE: said }: Environment): number {
  if (said === undefined) return DEFAULT_THREADS;
  const threads = Number.parseInt(said, 10) || 1;
  return threads < 0 ? MAX_THREADS : Math.min(threads, MAX_THREADS);
}
