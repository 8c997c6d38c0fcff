import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { Client } from 'ssh2';

/** What a command left behind: its exit code (null after a signal) and the first 4 KiB of each stream. */
export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

const OUTPUT_CAP = 4096;

/** A logged-in SSH connection, ended by `close` or by disposal. */
export class SshSession implements AsyncDisposable {
  readonly #client: Client;
  /** As OpenSSH prints it: `SHA256:` and the base64 digest without padding. */
  readonly hostKeyFingerprint: string;

  constructor(client: Client, hostKeyFingerprint: string) {
    this.#client = client;
    this.hostKeyFingerprint = hostKeyFingerprint;
  }

  /** @throws the signal's reason when it aborts first, or the connection's error */
  async run(command: string, signal: AbortSignal): Promise<CommandResult> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
    const onAbort = () => reject(signal.reason);
    const onClose = () => reject(new Error('the SSH connection ended before the command did'));
    signal.addEventListener('abort', onAbort, { once: true });
    this.#client.once('close', onClose);
    this.#client.exec(command, (error, channel) => {
      if (error) return reject(error);
      const output = { stdout: '', stderr: '' };
      let code: number | null = null;
      channel.on('data', (chunk: Buffer) => (output.stdout = capped(output.stdout, chunk)));
      channel.stderr.on('data', (chunk: Buffer) => (output.stderr = capped(output.stderr, chunk)));
      channel.on('exit', (exitCode: number | null) => (code = exitCode));
      channel.on('close', () => resolve({ code, ...output }));
    });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#client.off('close', onClose);
    }
  }

  close(): void {
    this.#client.end();
    this.#client.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

function capped(text: string, chunk: Buffer): string {
  return text.length >= OUTPUT_CAP ? text : (text + chunk.toString('utf8')).slice(0, OUTPUT_CAP);
}

/**
 * Logs in with a password over a connection that is already open.
 * @throws an error whose `level` is `client-authentication` when the password is refused
 */
export async function login(
  socket: Socket,
  user: { username: string; password: string },
  signal: AbortSignal,
): Promise<SshSession> {
  const client = new Client();
  const { promise, resolve, reject } = Promise.withResolvers<SshSession>();
  let fingerprint = '';
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  // Stays for the life of the connection: an error after the login ends the running command through `close`.
  client.on('error', reject);
  client.on('close', () => reject(new Error('the SSH connection was closed during the login')));
  client.on('ready', () => resolve(new SshSession(client, fingerprint)));
  client.connect({
    ...user,
    sock: socket,
    readyTimeout: 0,
    hostVerifier: (key: Buffer) => {
      fingerprint = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
      return true;
    },
  });
  try {
    signal.throwIfAborted();
    return await promise;
  } catch (error) {
    client.destroy();
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
