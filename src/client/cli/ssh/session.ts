import type { CreatedContainer } from '../../../wire/response.ts';
import type { ServerAddress } from '../../dial.ts';
import { CliError, EXIT } from '../errors.ts';
import { progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { fetchHostKey, fingerprintOf, knownHostsLine } from './host-key.ts';
import { runSsh } from './run-ssh.ts';

const HOST_KEY_TIMEOUT_MS = 20_000;

/**
 * An SSH session in a container, on our own terminal. Where the server told the container's host key fingerprint, ssh
 * accepts no other key.
 * @returns ssh's exit code
 */
export async function sshSession(
  server: ServerAddress,
  container: CreatedContainer,
  command: string[],
  terminal: Terminal,
): Promise<number> {
  const alias = `anweddol-${container.container_uuid}`;
  const address = { host: server.host, port: container.container_listen_port };
  const knownHosts = await verifiedHostKey(address, alias, container, terminal);
  const { container_username: username, container_password: password } = container;
  const env = withoutTokens(terminal.env);
  return runSsh({ ...address, alias, knownHosts, username, password, command, env }, terminal.signal);
}

/** ssh has no use for them, and may have been told to send its environment to the container. */
function withoutTokens({ ANWDL_ACCESS_TOKEN: _, ANWDL_TOKEN: __, ...others }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return others;
}

async function verifiedHostKey(
  address: ServerAddress,
  alias: string,
  container: CreatedContainer,
  terminal: Terminal,
): Promise<string | undefined> {
  const announced = container.container_host_key_sha256;
  if (!announced) return undefined;
  using _ = progress(terminal, 'waiting for the container to answer');
  const signal = AbortSignal.any([terminal.signal, AbortSignal.timeout(HOST_KEY_TIMEOUT_MS)]);
  const hostKey = await fetchHostKey(address, signal).catch((cause: unknown) => {
    terminal.signal.throwIfAborted();
    throw new CliError(EXIT.unreachable, `no SSH server answers at ${address.host} port ${address.port}`, { cause });
  });
  if (fingerprintOf(hostKey) !== announced) {
    throw new CliError(EXIT.unreachable, 'the container shows another SSH host key than the server announced');
  }
  return knownHostsLine(alias, hostKey);
}
