import type { AnweddolServer } from '../../../api/resources.ts';
import type { KubeClient } from '../../../kube/client.ts';
import { keyOf } from '../../../kube/objects.ts';
import { Secret } from '../../../kube/resources.ts';
import { type KnownKey, readGivenKey } from '../../../operator/keys/read-key.ts';
import { type Answer, ask } from '../../cluster/answer.ts';
import { inTurns } from '../../cluster/in-turns.ts';
import { mayI } from '../../rights/may.ts';

const AT_ONCE = 8;

/**
 * What the key Secrets of servers hold: fingerprints, and nothing else of them is kept. A Secret that the asker may not
 * read is not asked for, so that no refused look at a Secret stands in anybody's audit log.
 */
export async function readKeys(
  kube: KubeClient,
  servers: readonly AnweddolServer[],
  signal: AbortSignal,
): Promise<Map<string, Answer<KnownKey>>> {
  const named = servers.filter(({ status }) => status?.publicKey?.secretName);
  const answers = await inTurns(
    named,
    AT_ONCE,
    async (server): Promise<[string, Answer<KnownKey>]> => [
      keyOf(server.metadata),
      await readKey(kube, server, signal),
    ],
  );
  return new Map(answers);
}

async function readKey(
  kube: KubeClient,
  { metadata, status }: AnweddolServer,
  signal: AbortSignal,
): Promise<Answer<KnownKey>> {
  const { namespace = '' } = metadata;
  const name = status?.publicKey?.secretName ?? '';
  const may = await ask(() => mayI(kube, { verb: 'get', group: '', resource: 'secrets', name, namespace }, signal));
  if (may.is !== 'known') return may;
  if (!may.value) return { is: 'hidden', why: `you have no right to read Secret ${name}, and so it was not asked for` };
  return ask(async () => {
    const secret = await kube.get(Secret, { namespace, name }, { signal });
    return secret && readGivenKey(secret);
  });
}
