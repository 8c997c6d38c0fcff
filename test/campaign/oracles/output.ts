/** O5: what a process that is well never writes, and how it never ends. */
import type { Version } from '../truth/version.ts';

const SIGNS = [
  /unhandled ?(promise)? ?rejection/i,
  /uncaughtexception/i,
  /Node\.js v\d+\.\d+/,
  /MaxListenersExceeded/,
  /out of memory/i,
];
/** By SIGKILL, by SIGTERM, or as told. */
const EXPECTED_EXITS = new Set([0, 137, 143]);

export function outputFaults(who: string, output: string): string[] {
  return SIGNS.flatMap((sign) => {
    const [line] = output.split('\n').filter((text) => sign.test(text));
    return line ? [`${who} wrote: ${line.slice(0, 200)}`] : [];
  });
}

/** Containers that ended otherwise than by being killed or told to. */
export function exitFaults(versions: readonly Version[]): string[] {
  const ends = versions
    .filter(({ kind }) => kind === 'Pod')
    .flatMap(({ object }) => {
      const statuses = (object.status?.containerStatuses ?? []) as ContainerStatus[];
      const isServer = object.metadata.ownerReferences?.some(({ kind }) => kind === 'ReplicaSet');
      return isServer ? statuses.flatMap(({ state, lastState }) => [state?.terminated, lastState?.terminated]) : [];
    });
  return ends.flatMap((end) =>
    end && !EXPECTED_EXITS.has(end.exitCode) ? [`a server pod ended with ${end.exitCode}`] : [],
  );
}

interface ContainerStatus {
  state?: { terminated?: { exitCode: number } };
  lastState?: { terminated?: { exitCode: number } };
}
