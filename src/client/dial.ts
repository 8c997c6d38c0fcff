import { connect, type Socket } from 'node:net';
import { RuntimeError } from '../wire/errors.ts';

export interface ServerAddress {
  host: string;
  port: number;
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'unknown host name',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'no answer',
};

/** Opens a TCP connection. @throws `RuntimeError` `ConnectFailed`; the signal's reason when it aborts first */
export async function dial({ host, port }: ServerAddress, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  if (!(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new RuntimeError('ConnectFailed', `can't connect to ${host}: ${port} is no port`);
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host, port, noDelay: true });
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  socket.once('connect', resolve).once('error', reject);
  try {
    await promise;
    return socket;
  } catch (cause) {
    socket.on('error', () => undefined).destroy();
    if (signal.aborted) throw cause;
    throw new RuntimeError('ConnectFailed', `can't connect to ${host} port ${port}: ${reasonOf(cause)}`, { cause });
  } finally {
    signal.removeEventListener('abort', abort);
    socket.off('connect', resolve).off('error', reject);
  }
}

function reasonOf(error: unknown): string {
  // A host with several addresses fails with one error for each.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = first instanceof Error && 'code' in first && typeof first.code === 'string' ? first.code : '';
  return REASONS[code] ?? (first instanceof Error && first.message ? first.message : 'unknown reason');
}
