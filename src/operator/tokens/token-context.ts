import type { Context } from '../context.ts';

/** What the reconcilers of tokens use. */
export type TokenContext = Pick<Context, 'kube' | 'caches' | 'clock' | 'log' | 'events'>;
