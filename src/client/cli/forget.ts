import { CliError, EXIT } from './errors.ts';
import { keyList, knownServersFile } from './known.ts';
import type { KnownKey } from './known-servers/known-key.ts';
import { type KnownLine, keysOf } from './known-servers/known-lines.ts';
import { NotWritten } from './known-servers/known-servers-file.ts';
import { hostName, serverName } from './known-servers/server-name.ts';
import { parseTarget } from './parse-target.ts';
import type { OutputFormat } from './print.ts';
import { notice, type Terminal } from './terminal.ts';

/** `anwdl forget`: takes a server out of those that are known; a host without a port, on every port. */
export async function forget(
  target: string,
  { knownServers, output }: { knownServers?: string; output: OutputFormat },
  terminal: Terminal,
): Promise<void> {
  const isMeant = meaning(target);
  const file = knownServersFile(knownServers, terminal);
  const isForgotten = ({ key }: KnownLine): boolean => key !== undefined && isMeant(key);
  let forgotten: KnownKey[] = [];
  const before = await file.read();
  if (before.some(isForgotten)) {
    try {
      await file.update((lines) => {
        forgotten = keysOf(lines.filter(isForgotten));
        return lines.filter((line) => !isForgotten(line));
      });
    } catch (cause) {
      if (!(cause instanceof NotWritten)) throw cause;
      throw new CliError(EXIT.config, `${file.path} cannot be changed: ${cause.message}`, { cause });
    }
  }
  if (forgotten.length === 0) throw new CliError(EXIT.refused, `nothing is known of ${target} (${file.path})`);
  notice(terminal, `forgotten (${file.path}):`);
  terminal.stdout.write(keyList(forgotten, output));
}

function meaning(target: string): (key: KnownKey) => boolean {
  try {
    const { host, port } = parseTarget(target, Number.NaN);
    if (!Number.isNaN(port)) return ({ server }) => server === serverName({ host, port });
    return ({ server }) => server.replace(/:\d+$/, '') === hostName(host);
  } catch (error) {
    throw new CliError(EXIT.usage, error instanceof Error ? error.message : String(error));
  }
}
