import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../../../src/kube/transport.ts';
import type { Swagger } from './openapi-schemas.ts';

const POLL_MS = 200;

/** An API server's OpenAPI, once it has these kinds: it publishes those of a definition a while after it serves them. */
export async function publishedSchemas(
  transport: Transport,
  kinds: readonly string[],
  signal: AbortSignal,
): Promise<Swagger> {
  for (;;) {
    const swagger = (await transport.call({ method: 'GET', path: '/openapi/v2', signal })) as Swagger;
    const named = Object.values(swagger.definitions).flatMap(
      (schema) => schema['x-kubernetes-group-version-kind'] ?? [],
    );
    if (kinds.every((kind) => named.some((each) => each.kind === kind))) return swagger;
    await sleep(POLL_MS, undefined, { signal });
  }
}
