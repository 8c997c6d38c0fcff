import type * as z from 'zod';
import { AnweddolServerSpec } from '../../src/api/anweddol-server.ts';
import type { AnweddolServer } from '../../src/api/resources.ts';

/** An AnweddolServer `anweddol/lab` as the API server would store it. */
export function sampleServer(spec: Partial<z.input<typeof AnweddolServerSpec>> = {}): AnweddolServer {
  return {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolServer',
    metadata: { name: 'lab', namespace: 'anweddol', uid: '6f0c0a52-0000-4000-8000-000000000001', generation: 1 },
    spec: AnweddolServerSpec.parse({ iso: { image: 'iso:1' }, ...spec }),
  };
}
