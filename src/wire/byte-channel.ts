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
 * Exact reads and whole-frame writes over a stream, however its bytes are cut or joined. Whoever sets a time limit calls
 * {@link destroy} with the reason when it is over; so does a peer's excess: more than {@link MAX_UNASKED_BYTES} ahead of
 * what is read is more than any session has, so the peer is cut off rather than made to wait, and its end is never hidden
 * behind unread bytes.
 */
export class ByteChannel {
  readonly #stream: Duplex;
  readonly #options: ByteChannelOptions;
  readonly #queue = new ByteQueue();
  #closing: AbortController | undefined;
  #closed: Closure | undefined;
  #pending: PendingRead | undefined;
  /** How writes that the system has not taken yet fail. */
  readonly #writes = new Set<(reason: unknown) => void>();
  #peerEnd: PromiseWithResolvers<void> | undefined;
  #corked = false;
  #discarding = false;
  #peerEnded = false;

  /** @param stream connected; flows from here on */
  constructor(stream: Duplex, options: ByteChannelOptions = {}) {
    this.#stream = stream;
    this.#options = options;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('end', () => {
      this.#peerEnded = true;
      this.#peerEnd?.resolve();
      this.#close(new Closure(() => new RuntimeError('Closed', 'the peer closed the connection')));
    });
    stream.on('error', (cause) =>
      this.#close(new Closure(() => new RuntimeError('Closed', 'the connection broke', { cause }))),
    );
    stream.on('close', () => this.#close(new Closure(closedHere)));
    stream.resume();
    if (stream.destroyed) this.#close(new Closure(closedHere));
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Aborts as soon as the peer has ended its side, or the connection is gone; the reason is what `destroy` was given, or `RuntimeError` `Closed`. */
  get closed(): AbortSignal {
    if (!this.#closing) {
      this.#closing = new AbortController();
      if (this.#closed) this.#closing.abort(this.#closed.reason);
    }
    return this.#closing.signal;
  }

  /**
   * The next `length` bytes. The caller has checked `length`; one read at a time.
   * @throws `RuntimeError` `Closed` when the peer ends before they are there; the reason of `destroy`
   */
  read(length: number): Promise<Buffer> {
    if (this.#pending) return Promise.reject(new TypeError('a read is already waiting on this channel'));
    if (this.#queue.length >= length) return Promise.resolve(this.#queue.take(length));
    if (this.#closed) return Promise.reject(this.#closed.reason);
    return new Promise((resolve, reject) => {
      this.#pending = { length, resolve, reject };
      this.#options.onWaiting?.();
    });
  }

  /** Writes one frame, and all that are sent in the same turn, in one write. Where that fails the next call says so. */
  send(frame: Uint8Array | string): void {
    if (this.#stream.destroyed) return;
    this.#cork();
    this.#stream.write(frame);
  }

  /**
   * Writes one frame in one write and resolves when the system has taken it.
   * @throws `RuntimeError` `Closed`; the reason of `destroy`
   */
  write(frame: Uint8Array | string): Promise<void> {
    if (this.#stream.destroyed && this.#closed) return Promise.reject(this.#closed.reason);
    return new Promise((resolve, reject) => {
      this.#writes.add(reject);
      this.#stream.write(frame, (cause) => {
        this.#writes.delete(reject);
        if (!cause) return resolve();
        const closed = () => new RuntimeError('Closed', 'the connection was closed while it was written to', { cause });
        reject(this.#closed?.reason ?? closed());
      });
    });
  }

  /**
   * Ends our side and resolves when the peer has ended its own; what it still sends is thrown away.
   * @throws `RuntimeError` `Closed` when the connection breaks instead; the reason of `destroy`
   */
  async finish(): Promise<void> {
    this.#discard();
    this.#stream.end();
    try {
      if (this.#peerEnded) return;
      if (this.#closed) throw this.#closed.reason;
      this.#peerEnd = Promise.withResolvers<void>();
      await this.#peerEnd.promise;
    } finally {
      this.destroy();
    }
  }

  /** Sends what is left to send, this last frame included, and closes without waiting for the peer. */
  end(lastFrame?: string): void {
    this.#discard();
    if (lastFrame === undefined) this.#stream.end(() => this.destroy());
    else this.#stream.end(lastFrame, () => this.destroy());
    this.#close(new Closure(closedHere));
  }

  /** @param reason what a call that is under way, and `closed`, report; default `RuntimeError` `Closed` */
  destroy(reason?: unknown): void {
    const closure = new Closure(reason === undefined ? closedHere : () => reason);
    // First, so that nothing else becomes the reason.
    this.#close(closure);
    for (const fail of this.#writes) fail(closure.reason);
    this.#stream.destroy();
    this.#queue.clear();
  }

  #receive(chunk: Buffer): void {
    if (this.#discarding) return;
    const pending = this.#pending;
    const length = this.#queue.length + chunk.length;
    if (length > (pending?.length ?? 0) + MAX_UNASKED_BYTES) {
      this.destroy(new RuntimeError('Flooded', `the peer sent more than ${MAX_UNASKED_BYTES} bytes ahead`));
      return;
    }
    // Most frames come whole and alone, and need no copy.
    const isFrame = chunk.length === length && pending?.length === length;
    if (!isFrame) this.#queue.push(chunk);
    if (!pending) return;
    if (length < pending.length) {
      this.#options.onWaiting?.();
      return;
    }
    this.#pending = undefined;
    this.#options.onServed?.();
    pending.resolve(isFrame ? chunk : this.#queue.take(pending.length));
  }

  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#stream.uncork();
    });
  }

  #discard(): void {
    this.#discarding = true;
    this.#queue.clear();
  }

  #close(closure: Closure): void {
    this.#peerEnd?.reject(closure.reason);
    if (this.#closed) return;
    this.#closed = closure;
    this.#pending?.reject(closure.reason);
    this.#pending = undefined;
    this.#closing?.abort(closure.reason);
  }
}

/** Why a channel is closed. The error is made when somebody asks for it: most sessions end with nobody who does. */
class Closure {
  readonly #make: () => unknown;
  #reason: unknown;

  constructor(make: () => unknown) {
    this.#make = make;
  }

  get reason(): unknown {
    this.#reason ??= this.#make();
    return this.#reason;
  }
}

function closedHere(): RuntimeError {
  return new RuntimeError('Closed', 'the connection is closed');
}
