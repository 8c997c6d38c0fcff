import { ByteChannel } from '../wire/byte-channel.ts';
import { RuntimeError } from '../wire/errors.ts';

/** A channel that knows whether a message body has left: until then the server can't have done what was asked. */
export class RequestChannel extends ByteChannel {
  #bodySent = false;

  /** Bodies are the only frames that are written so; all others are sent. */
  override write(frame: Uint8Array | string): Promise<void> {
    this.#bodySent = true;
    return super.write(frame);
  }

  /** Whether this failure of sending a message means that the server did not take its header. */
  isHeaderRefusal(error: unknown): error is RuntimeError {
    if (!(error instanceof RuntimeError) || this.#bodySent) return false;
    return error.code === 'Refused' || error.code === 'Unacknowledged' || error.code === 'Closed';
  }
}
