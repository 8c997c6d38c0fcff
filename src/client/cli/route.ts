import { X509Certificate } from 'node:crypto';
import { readCapped } from '../../runtime/read-capped.ts';
import type { ServerAddress } from '../dial.ts';
import { DEFAULT_HTTP_SERVER_LISTEN_PORT, DEFAULT_HTTPS_SERVER_LISTEN_PORT } from '../web-constants.ts';
import { accessToken } from './access-token.ts';
import { CliError, EXIT } from './errors.ts';
import type { ServerFlags } from './flags/server-flags.ts';
import { forgetCommand } from './forget-command.ts';
import { fileFault } from './known-servers/file-fault.ts';
import { KnownServersFile } from './known-servers/known-servers-file.ts';
import { knownServersPath } from './known-servers/location.ts';
import { serverName } from './known-servers/server-name.ts';
import { parseTarget } from './parse-target.ts';
import { notice, type Terminal } from './terminal.ts';
import { TrustOnFirstUse } from './trust/first-use.ts';
import type { TlsNames } from './trust/meet-certificate.ts';

/** How a server is to be reached, which keys of it are good, and what it is shown. */
export interface Route extends Pick<ServerFlags, 'timeout' | 'wait' | 'keyBits' | 'generation'> {
  server: ServerAddress;
  web: boolean;
  /** Absent: no TLS. */
  tls?: TlsNames;
  /** The only keys that are good, as `parsePin` gives them. */
  pins?: string[];
  /** What decides about the key where there are no pins. Absent as well: any key is good, or there is none. */
  firstUse?: TrustOnFirstUse;
  accessToken?: string;
}

const MAX_CA_BYTES = 1024 * 1024;

/** @throws `CliError` when something that the flags name can't be used */
export async function routeOf(target: string, flags: ServerFlags, terminal: Terminal): Promise<Route> {
  const { timeout, wait, keyBits, generation, web = false } = flags;
  const server = addressOf(target, flags);
  const token = await accessToken(flags.accessToken, terminal);
  return {
    ...{ server, timeout, wait, keyBits, generation, web },
    ...(flags.tls && { tls: await tlsNames(flags) }),
    ...trust(server, flags, terminal),
    ...(token !== undefined && { accessToken: token }),
  };
}

function addressOf(target: string, { web, tls }: ServerFlags): ServerAddress {
  try {
    return parseTarget(
      target,
      web ? (tls ? DEFAULT_HTTPS_SERVER_LISTEN_PORT : DEFAULT_HTTP_SERVER_LISTEN_PORT) : undefined,
    );
  } catch (error) {
    throw new CliError(EXIT.usage, error instanceof Error ? error.message : String(error));
  }
}

async function tlsNames({ tlsServerName, tlsCa }: ServerFlags): Promise<TlsNames> {
  return { servername: tlsServerName, ca: tlsCa === undefined ? undefined : await authority(tlsCa) };
}

async function authority(path: string): Promise<string> {
  try {
    const pem = (await readCapped(path, MAX_CA_BYTES)).toString('latin1');
    // Node takes anything for an authority, and then believes nobody.
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new CliError(EXIT.usage, `no CA certificate can be read from ${path}: ${fileFault(cause)}`, { cause });
  }
}

function trust(server: ServerAddress, flags: ServerFlags, terminal: Terminal): Pick<Route, 'pins' | 'firstUse'> {
  const name = serverName(server);
  if (flags.pin) return { pins: flags.pin };
  if (flags.insecure) {
    notice(terminal, `--insecure: whatever key ${name} shows is accepted`);
    return {};
  }
  if (flags.web && !flags.tls) return {};
  const path = knownServersPath(flags.knownServers, terminal.env);
  const firstUse = new TrustOnFirstUse({
    server: name,
    kind: flags.tls ? 'tls' : 'rsa',
    file: path === undefined ? undefined : new KnownServersFile(path),
    forgetCommand: forgetCommand(name, flags.knownServers),
    notice: (text) => notice(terminal, text),
  });
  return { firstUse };
}
