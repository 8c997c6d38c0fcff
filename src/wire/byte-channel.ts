import type { Duplex } from 'node:stream';
import { ByteQueue } from './byte-queue.ts';
import { RuntimeError } from './errors.ts';
import { MAX_UNASKED_BYTES } from './limits.ts';

export interface ByteChannelOptions {
  /** Called when a read begins to wait for the peer, and again whenever bytes for it arrive. */
  onWaiting?: (() => void) | undefined;
  /** Called when a read that waited has its bytes. */
  onServed?: (() => void) | undefined;
}

interface PendingRead {
  length: number;
  resolve: (bytes: Buffer) => void;
  reject: (error: unknown) => void;
}

/**
 * Exact reads and whole-frame writes over a stream, however its bytes are cut or joined. A signal that aborts during a
 * call destroys the stream, and so does a peer that sends more than {@link MAX_UNASKED_BYTES} ahead of what is read: no
 * session has that much, so it is cut off rather than made to wait, and its end is never hidden behind unread bytes.
 */
export class ByteChannel {
  readonly #stream: Duplex;
  readonly #options: ByteChannelOptions;
  readonly #queue = new ByteQueue();
  readonly #closing = new AbortController();
  readonly #peerEnd = Promise.withResolvers<void>();
  #pending: PendingRead | undefined;
  #discarding = false;

  constructor(stream: Duplex, options: ByteChannelOptions = {}) {
    this.#stream = stream;
    this.#options = options;
    this.#peerEnd.promise.catch(() => undefined);
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('end', () => {
      this.#peerEnd.resolve();
      this.#close(new RuntimeError('Closed', 'the peer closed the connection'));
    });
    stream.on('error', (cause) => this.#close(new RuntimeError('Closed', 'the connection broke', { cause })));
    stream.on('close', () => this.#close(new RuntimeError('Closed', 'the connection is closed')));
  }

  /** Aborts as soon as the peer has ended its side, or the connection is gone; the reason is a `RuntimeError` `Closed`. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * The next `length` bytes. The caller has checked `length`; one read at a time.
   * @throws `RuntimeError` `Closed` when the peer ends before they are there; the signal's reason when it aborts
   */
  async read(length: number, signal: AbortSignal): Promise<Buffer> {
    if (this.#pending) throw new TypeError('a read is already waiting on this channel');
    if (signal.aborted) return this.#giveUp(signal);
    if (this.#queue.length >= length) return this.#queue.take(length);
    this.closed.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.#pending = { length, resolve, reject };
    this.#options.onWaiting?.();
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await promise;
    } catch (error) {
      if (signal.aborted) this.destroy(signal.reason);
      throw error;
    } finally {
      this.#pending = undefined;
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * Writes one frame in one write and resolves when the system has taken it.
   * @throws `RuntimeError` `Closed`; the signal's reason when it aborts
   */
  async write(frame: Uint8Array | string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return this.#giveUp(signal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#stream.write(frame, (cause) => {
      if (!cause) return resolve();
      reject(new RuntimeError('Closed', 'the connection was closed while it was written to', { cause }));
    });
    try {
      await promise;
    } catch (error) {
      if (signal.aborted) this.destroy(signal.reason);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * Ends our side and resolves when the peer has ended its own; what it still sends is thrown away.
   * @throws `RuntimeError` `Closed` when the connection breaks instead; the signal's reason when it aborts
   */
  async finish(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return this.#giveUp(signal);
    this.#discard();
    this.#stream.end();
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([this.#peerEnd.promise, promise]);
    } finally {
      signal.removeEventListener('abort', abort);
      this.destroy();
    }
  }

  /** Sends what is left to send, this last frame included, and closes without waiting for the peer. */
  end(lastFrame?: string): void {
    this.#discard();
    if (lastFrame === undefined) this.#stream.end(() => this.destroy());
    else this.#stream.end(lastFrame, () => this.destroy());
    this.#close(new RuntimeError('Closed', 'the connection is closed'));
  }

  /** @param reason what a call that is under way, and `closed`, report; default `RuntimeError` `Closed` */
  destroy(reason: unknown = new RuntimeError('Closed', 'the connection is closed')): void {
    this.#stream.destroy();
    this.#queue.clear();
    this.#close(reason);
  }

  #receive(chunk: Buffer): void {
    if (this.#discarding) return;
    const pending = this.#pending;
    if (this.#queue.length + chunk.length > (pending?.length ?? 0) + MAX_UNASKED_BYTES) {
      this.destroy(new RuntimeError('Flooded', `the peer sent more than ${MAX_UNASKED_BYTES} bytes ahead`));
      return;
    }
    this.#queue.push(chunk);
    if (!pending) return;
    if (this.#queue.length < pending.length) {
      this.#options.onWaiting?.();
      return;
    }
    this.#pending = undefined;
    this.#options.onServed?.();
    pending.resolve(this.#queue.take(pending.length));
  }

  #discard(): void {
    this.#discarding = true;
    this.#queue.clear();
  }

  #close(reason: unknown): void {
    this.#peerEnd.reject(reason);
    this.#pending?.reject(reason);
    this.#closing.abort(reason);
  }

  #giveUp(signal: AbortSignal): never {
    this.destroy(signal.reason);
    throw signal.reason;
  }
}
