import type { Generation, GenerationNumber } from './generation.ts';
import { generation1 } from './generation-1.ts';
import { generation2 } from './generation-2.ts';
import { generation3 } from './generation-3.ts';

export const GENERATIONS: Record<GenerationNumber, Generation> = { 1: generation1, 2: generation2, 3: generation3 };
