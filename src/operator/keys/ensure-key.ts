import type { AnweddolServer } from '../../api/resources.ts';
import { isAlreadyExists } from '../../kube/errors.ts';
import { keyOf } from '../../kube/objects.ts';
import { Secret } from '../../kube/resources.ts';
import type { Finding } from '../conditions.ts';
import { type Context, INDEX_BY_SERVER } from '../context.ts';
import type { Observed } from '../observe.ts';
import { findKey, forgetKey, secretOf } from './find-key.ts';
import { hasRolled } from './has-rolled.ts';
import type { KeyFinding } from './key-finding.ts';
import { isKeySecret, isKeySecretName, keySecret } from './key-secret.ts';
import { type KeyInUse, type KeyRecord, recordedKeys, succession } from './key-succession.ts';

type KeyContext = Pick<Context, 'kube' | 'clock' | 'knownKeys' | 'keyPairs' | 'refusals'> & {
  caches: Pick<Context['caches'], 'pods'>;
};

/**
 * Makes the server's key, or reads the one that is supplied, and clears the one before away once no server pod has it. A
 * Secret is made only when its name stands in the status, so that whatever happens in between it is not left behind.
 * While the key that is asked for can't be had, server pods keep the one that they have.
 */
export async function ensureKey(
  server: AnweddolServer,
  observed: Pick<Observed, 'deployment'>,
  context: KeyContext,
  signal: AbortSignal,
): Promise<KeyFinding> {
  const record = recordedKeys(server.status);
  const pods = context.caches.pods.byIndex(INDEX_BY_SERVER, keyOf(server.metadata));
  const settle = async (key: KeyInUse | undefined, finding: Finding): Promise<KeyFinding> => {
    const { previous, obsolete } = succession(record, key, hasRolled(observed.deployment, pods, key));
    for (const name of obsolete) await removeMade(server, name, context, signal);
    return { ...(previous && key ? rotating(finding, key, previous) : finding), ...key, ...(previous && { previous }) };
  };
  if (server.spec.keys.onetime) {
    return settle(undefined, { status: 'True', reason: 'KeyOnetime', message: 'each server pod makes its own key' });
  }
  const { name, reading, leftMs } = await findKey(server, context, signal);
  if (reading && 'sha256' in reading) {
    const message = `the key is in Secret ${name}`;
    const key = { secretName: name, sha256: reading.sha256 };
    return settle(key, { status: 'True', reason: 'KeyPresent', message, againMs: leftMs });
  }
  const problem = (reason: 'KeyInvalid' | 'KeyMissing', fault: string) => ({
    ...kept(record, reason, fault),
    againMs: leftMs,
  });
  if (server.spec.keys.secretName) {
    if (reading) return problem('KeyInvalid', reading.fault);
    return problem(
      'KeyMissing',
      `Secret ${name} is missing: create it with an RSA private key as PEM under private.pem`,
    );
  }
  const isRecorded = [record.next, record.current?.secretName].includes(name);
  if (!isRecorded && record.next) await removeSpare(server, record, record.next, context, signal);
  // What is damaged is to be deleted one day too.
  if (reading) return { ...problem('KeyInvalid', reading.fault), ...(!isRecorded && { next: name }) };
  // Not remembered: what is missing is made now, or at the next look.
  forgetKey(server, context);
  if (!isRecorded) {
    const message = `a key of ${server.spec.keys.bits} bits is being made in Secret ${name}`;
    return { ...inUse(record), status: 'Unknown', reason: 'KeyPending', message, next: name };
  }
  await makeKey(server, context, signal);
  return ensureKey(server, observed, context, signal);
}

async function makeKey(server: AnweddolServer, context: KeyContext, signal: AbortSignal): Promise<void> {
  const { kube, keyPairs, refusals } = context;
  const unmade = keySecret(server, { privatePem: '', publicPem: '' });
  await refusals.unlessRefused(Secret, unmade, async () => {
    const made = keySecret(server, await keyPairs.make(server.spec.keys.bits));
    try {
      await kube.create(Secret, made, { signal });
    } catch (error) {
      // Another operator was faster: its key is the server's.
      if (!isAlreadyExists(error)) throw error;
    }
  });
}

function kept(record: KeyRecord, reason: 'KeyInvalid' | 'KeyMissing', fault: string): KeyFinding {
  const message = record.current ? `${fault}; server pods keep the key in Secret ${record.current.secretName}` : fault;
  return { ...inUse(record), status: 'False', reason, message, ...(record.next && { next: record.next }) };
}

function inUse({ current, previous }: KeyRecord): Partial<KeyFinding> {
  return { ...current, ...(previous && { previous }) };
}

function rotating(finding: Finding, key: KeyInUse, previous: KeyInUse): Finding {
  const message = `server pods are given the key in Secret ${key.secretName}; until all have it, some have the one before, from Secret ${previous.secretName}`;
  return { ...finding, reason: 'KeyRotating', message };
}

/** What was written down and is not wanted any more. */
async function removeSpare(
  server: AnweddolServer,
  { current, previous }: KeyRecord,
  name: string,
  context: KeyContext,
  signal: AbortSignal,
): Promise<void> {
  const isInUse = [current?.secretName, previous?.secretName].includes(name);
  if (!isInUse) await removeMade(server, name, context, signal);
}

/** Deletes a Secret that the operator made for this server; one of somebody else's is not touched. */
async function removeMade(
  server: AnweddolServer,
  name: string,
  context: KeyContext,
  signal: AbortSignal,
): Promise<void> {
  if (!isKeySecretName(server, name)) return;
  const secret = await context.kube.get(Secret, secretOf(server, name), { signal });
  const uid = secret && isKeySecret(server, secret) ? secret.metadata.uid : undefined;
  if (uid) await context.kube.delete(Secret, secretOf(server, name), { uid, signal });
  forgetKey(server, context);
}
