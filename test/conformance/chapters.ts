import type { Chapter } from './behaviour.ts';
import { creating } from './behaviours/creating.ts';

/** All that both API servers are held to. */
export const CHAPTERS: Chapter[] = [creating];
