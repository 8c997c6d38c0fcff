import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiCaller } from './api-caller.ts';
import type { Behaviour, World } from './behaviour.ts';
import type { Subject } from './subject.ts';

const PATIENCE_MS = 15_000;
const POLL_MS = 50;

/** Runs one behaviour in a namespace of its own. @throws what the behaviour throws */
export async function runBehaviour(behaviour: Behaviour, subject: Subject, signal: AbortSignal): Promise<void> {
  const callers: ApiCaller[] = [];
  const undo: (() => Promise<unknown>)[] = [];
  const as = (token: string) => {
    const caller = new ApiCaller(subject, token);
    callers.push(caller);
    return caller;
  };
  const admin = as(subject.adminToken);
  const unique = `c${randomBytes(5).toString('hex').slice(0, 9)}`;
  const world: World = {
    namespace: unique,
    unique,
    admin,
    as,
    signal,
    eventually: (check, patienceMs = PATIENCE_MS) => eventually(check, patienceMs, signal),
    cleanUp: (one) => undo.unshift(one),
  };
  try {
    await makeNamespace(world);
    await behaviour.run(world);
  } finally {
    for (const one of undo) await one().catch(() => undefined);
    await admin.delete(`/api/v1/namespaces/${unique}`);
    await Promise.all(callers.map((caller) => caller.close()));
  }
}

/** With its ServiceAccount, without which a real API server takes no pods. */
async function makeNamespace({ admin, namespace, eventually }: World): Promise<void> {
  const { code, body } = await admin.post('/api/v1/namespaces', { metadata: { name: namespace } });
  if (code !== 201) throw new Error(`no namespace: ${JSON.stringify(body)}`);
  await eventually(async () => {
    const account = await admin.get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`);
    if (account.code !== 200) throw new Error('the namespace has no ServiceAccount yet');
  });
}

async function eventually<T>(check: () => Promise<T>, patienceMs: number, signal: AbortSignal): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until || signal.aborted) throw error;
    }
    await sleep(POLL_MS);
  }
}
