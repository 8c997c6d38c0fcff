import { formatPin } from '../tls/pins.ts';
import { CliError, EXIT } from './errors.ts';
import type { KnownKey } from './known-servers/known-key.ts';
import { keysOf } from './known-servers/known-lines.ts';
import { KnownServersFile } from './known-servers/known-servers-file.ts';
import { knownServersPath } from './known-servers/location.ts';
import type { OutputFormat } from './print.ts';
import { notice, type Terminal } from './terminal.ts';

/** `anwdl known`: the servers that were met before, and their keys. */
export async function known(
  { knownServers, output }: { knownServers?: string; output: OutputFormat },
  terminal: Terminal,
): Promise<void> {
  const file = knownServersFile(knownServers, terminal);
  const keys = keysOf(await file.read());
  if (keys.length === 0) notice(terminal, `no server is known (${file.path})`);
  terminal.stdout.write(keyList(keys, output));
}

/** @throws `CliError` when there is no place for one */
export function knownServersFile(flag: string | undefined, { env }: Terminal): KnownServersFile {
  const path = knownServersPath(flag, env);
  if (path !== undefined) return new KnownServersFile(path);
  throw new CliError(EXIT.config, 'there is no home folder: give --known-servers FILE');
}

/** A list as JSON, or a line for each in aligned columns. */
export function keyList(keys: readonly KnownKey[], output: OutputFormat): string {
  const shown = keys.map(({ server, kind, sha256, generation }) => ({
    ...{ server, kind, key: formatPin(sha256) },
    ...(generation && { generation }),
  }));
  if (output === 'json') return `${JSON.stringify(shown, undefined, 2)}\n`;
  const width = Math.max(...shown.map(({ server }) => server.length));
  const lines = shown.map(({ server, kind, key, generation }) =>
    [server.padEnd(width), kind, key, ...(generation ? [`generation ${generation}`] : [])].join('  '),
  );
  return lines.map((line) => `${line}\n`).join('');
}
