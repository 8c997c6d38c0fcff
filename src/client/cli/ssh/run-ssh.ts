import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError, EXIT } from '../errors.ts';

export interface SshOptions {
  host: string;
  port: number;
  username: string;
  password: string;
  /** What the host is called in `knownHosts`. */
  alias: string;
  /** A line of a known_hosts file; absent when nobody told us the key, and then the key shown is taken. */
  knownHosts?: string | undefined;
  /** To run instead of a shell. */
  command: string[];
  env: NodeJS.ProcessEnv;
}

/** ssh runs this when it wants the password, and reads it from its output. The file holds no secret. */
const ASKPASS = '#!/bin/sh\nprintf "%s\\n" "$ANWDL_SSH_PASSWORD"\n';

/**
 * Runs the system's ssh on our own terminal. The password reaches it through the environment of the process, never through
 * a command line or a file.
 * @returns its exit code
 * @throws `CliError` when there is no ssh; the signal's reason when it aborts, once ssh has ended
 */
export async function runSsh(options: SshOptions, signal: AbortSignal): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'anwdl-'));
  try {
    const askpass = join(folder, 'askpass');
    const knownHosts = join(folder, 'known_hosts');
    await writeFile(askpass, ASKPASS);
    await chmod(askpass, 0o700);
    await writeFile(knownHosts, options.knownHosts ?? '');
    const secret = { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', ANWDL_SSH_PASSWORD: options.password };
    return await ended(sshArguments(options, knownHosts), { ...options.env, ...secret }, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sshArguments({ host, port, username, alias, command, ...options }: SshOptions, knownHosts: string): string[] {
  const settings = {
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: options.knownHosts ? 'yes' : 'accept-new',
    HostKeyAlias: alias,
    UpdateHostKeys: 'no',
    PreferredAuthentications: 'password',
    PubkeyAuthentication: 'no',
    NumberOfPasswordPrompts: '1',
    LogLevel: 'ERROR',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return [...flags, '-p', String(port), '-l', username, '--', host, ...command];
}

async function ended(args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn('ssh', args, { env, stdio: 'inherit' });
  const abort = () => child.kill('SIGTERM');
  signal.addEventListener('abort', abort, { once: true });
  child.on('error', (cause) => reject(new CliError(EXIT.unreachable, 'the ssh program cannot be run', { cause })));
  child.on('close', (code, name) => resolve(code ?? EXIT.signalBase + (name ? constants.signals[name] : 0)));
  try {
    const code = await promise;
    signal.throwIfAborted();
    return code;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
