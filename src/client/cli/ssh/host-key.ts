import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'ssh2';
import { dial, type ServerAddress } from '../../dial.ts';

const PAUSE_MS = 250;

/**
 * The host key of an SSH server, as it travels (RFC 4253 §6.6). No one logs in. Tries again until the signal aborts: the
 * way to a new container may open a moment after the container is announced.
 * @throws the last failure
 */
export async function fetchHostKey(address: ServerAddress, signal: AbortSignal): Promise<Buffer> {
  while (true) {
    try {
      return await hostKeyOnce(address, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}

async function hostKeyOnce(address: ServerAddress, signal: AbortSignal): Promise<Buffer> {
  const sock = await dial(address, signal);
  const client = new Client();
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  client.on('error', reject).on('close', () => reject(new Error('the SSH server closed the connection')));
  const hostVerifier = (key: Buffer) => {
    resolve(Buffer.from(key));
    return false;
  };
  try {
    client.connect({ sock, username: 'anwdl', readyTimeout: 0, hostVerifier });
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    client.destroy();
    sock.destroy();
  }
}

/** As OpenSSH prints it: `SHA256:` and the base64 digest without padding. */
export function fingerprintOf(hostKey: Buffer): string {
  return `SHA256:${createHash('sha256').update(hostKey).digest('base64').replace(/=+$/, '')}`;
}

/** A line for a known_hosts file. */
export function knownHostsLine(alias: string, hostKey: Buffer): string {
  const type = hostKey.subarray(4, 4 + hostKey.readUInt32BE(0)).toString('latin1');
  return `${alias} ${type} ${hostKey.toString('base64')}\n`;
}
