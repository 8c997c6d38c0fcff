import type { AnweddolAccessTokenStatus } from '../../api/anweddol-access-token.ts';
import { AnweddolAccessToken } from '../../api/resources.ts';
import { conditions, type Finding } from '../conditions.ts';
import type { Context } from '../context.ts';
import { writeStatus } from '../write-status.ts';

/** Writes the status of a token where it differs from what is there. */
export async function applyTokenStatus(
  token: AnweddolAccessToken,
  told: { finding: Finding; known: Pick<AnweddolAccessTokenStatus, 'secretName' | 'sha256'> },
  { kube, clock }: Pick<Context, 'kube' | 'clock'>,
  signal: AbortSignal,
): Promise<void> {
  const { generation = 0 } = token.metadata;
  const now = new Date(clock.now()).toISOString();
  const status: AnweddolAccessTokenStatus = {
    observedGeneration: generation,
    ...told.known,
    conditions: conditions({ Ready: told.finding }, token.status?.conditions ?? [], generation, now),
  };
  await writeStatus({ kube }, AnweddolAccessToken, token, status, signal);
}
