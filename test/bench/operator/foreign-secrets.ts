import { randomBytes } from 'node:crypto';
import { Secret } from '../../../src/kube/resources.ts';
import type { Ground } from './ground.ts';
import { inParallel } from './in-parallel.ts';

const BYTES = 4096;

/** Secrets that are nobody's business: an operator that keeps them in memory shows. */
export async function createForeignSecrets({ kube, namespace }: Ground, count: number): Promise<void> {
  await inParallel(count, 16, (index) =>
    kube.create(Secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: `foreign-${index}` },
      type: 'Opaque',
      data: { content: randomBytes((BYTES * 3) / 4).toString('base64') },
    }),
  );
}
