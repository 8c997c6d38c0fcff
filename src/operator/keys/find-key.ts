import type { AnweddolServer } from '../../api/resources.ts';
import { keyOf, type ObjectName } from '../../kube/objects.ts';
import { Secret } from '../../kube/resources.ts';
import type { Context } from '../context.ts';
import { patience } from '../patience.ts';
import { isKeySecret, keySecretName } from './key-secret.ts';
import { type KeyReading, type KnownKey, readGivenKey, readMadeKey } from './read-key.ts';

/** Immutable, but somebody may delete it. */
const MADE_GOOD_FOR_MS = 600_000;
/** Somebody may put another key into it. */
const GIVEN_GOOD_FOR_MS = 300_000;

/** What the Secret of the server's key holds: from memory, or by asking for it by name. */
export async function findKey(
  server: AnweddolServer,
  { kube, clock, knownKeys }: Pick<Context, 'kube' | 'clock' | 'knownKeys'>,
  signal: AbortSignal,
): Promise<{ name: string; reading: KnownKey; leftMs: number }> {
  const given = server.spec.keys.secretName;
  const name = given ?? keySecretName(server);
  const { value, leftMs } = await knownKeys.recall(
    memoryOf(server),
    `${given ? 'given' : 'made'} ${name}`,
    async () => {
      const secret = await kube.get(Secret, secretOf(server, name), { signal });
      const reading = secret && (given ? readGivenKey(secret) : readOwn(server, secret));
      const goodForMs = given ? GIVEN_GOOD_FOR_MS : MADE_GOOD_FOR_MS;
      const isFit = reading && 'sha256' in reading;
      return { value: reading, forMs: isFit ? goodForMs : patience(server, 'KeyReady', clock.now()) };
    },
  );
  return { name, reading: value, leftMs };
}

/** The Secret was made, or deleted: the next look is a new one. */
export function forgetKey(server: AnweddolServer, { knownKeys }: Pick<Context, 'knownKeys'>): void {
  knownKeys.forget(memoryOf(server));
}

export function secretOf(server: AnweddolServer, name: string): ObjectName {
  return { namespace: server.metadata.namespace, name };
}

function readOwn(server: AnweddolServer, secret: Secret): KeyReading {
  if (isKeySecret(server, secret)) return readMadeKey(secret);
  const { name } = secret.metadata;
  return { fault: `Secret ${name} is in the way of a new key: delete it, or name it in keys.secretName to use it` };
}

function memoryOf({ metadata }: AnweddolServer): string {
  return `${metadata.uid} ${keyOf(metadata)}`;
}
