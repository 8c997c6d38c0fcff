import type { Socket } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { RuntimeError } from '../../wire/errors.ts';

export interface ReadAheadOptions<T> {
  clock: Clock;
  /** For the bytes to come. Milliseconds. */
  limitMs: number;
  /** What is waited for, for people. */
  what: string;
  /** Decides on all the bytes so far; undefined: more are needed. Bytes that are not used are put back. */
  decide: (bytes: Buffer) => { value: T; used: number } | undefined;
  /** Said once when nothing has come for so long. */
  onSilence?: { afterMs: number; say: () => Buffer } | undefined;
}

export interface ReadAhead<T> {
  value: T;
  /** Whether what is to be said on silence has been. */
  spoke: boolean;
}

/**
 * Looks at the first bytes of a connection, which is paused afterwards. Until they come it holds next to nothing: this is
 * what an idle connection costs.
 * @throws `RuntimeError` `Closed`, `TimedOut` (the connection is destroyed then); what `decide` throws
 */
export function readAhead<T>(socket: Socket, options: ReadAheadOptions<T>): Promise<ReadAhead<T>> {
  return new Promise((resolve, reject) => {
    const { clock, limitMs, onSilence } = options;
    let bytes: Buffer | undefined;
    let spoke = false;
    const stop = () => {
      cancelLimit();
      cancelSilence?.();
      socket.off('data', receive).off('end', closed).off('close', closed);
    };
    const closed = () => {
      stop();
      reject(new RuntimeError('Closed', 'the peer closed the connection'));
    };
    const receive = (chunk: Buffer) => {
      cancelSilence?.();
      bytes = bytes ? Buffer.concat([bytes, chunk]) : chunk;
      try {
        const decision = options.decide(bytes);
        if (!decision) return;
        stop();
        socket.pause();
        const rest = bytes.subarray(decision.used);
        if (rest.length > 0) socket.unshift(rest);
        resolve({ value: decision.value, spoke });
      } catch (error) {
        stop();
        reject(error);
      }
    };
    const cancelLimit = clock.after(limitMs, () => {
      stop();
      reject(new RuntimeError('TimedOut', `${options.what} took longer than ${limitMs / 1000} s`));
      socket.destroy();
    });
    const speak = () => {
      spoke = true;
      if (onSilence) socket.write(onSilence.say());
    };
    const cancelSilence = onSilence && clock.after(onSilence.afterMs, speak);
    socket.on('data', receive).on('end', closed).on('close', closed);
    socket.resume();
    if (socket.destroyed) closed();
  });
}
