import type { Generation } from '../../../src/wire/generation.ts';
import { type ClientFrame, fixedKey, type Order } from '../../support/client-frames.ts';
import { expectThat, Finding } from '../finding.ts';

const GREETING_BYTES = 8;
/** No word of the server's own faults. */
const ANSWERS = /^(OK|Bad authentication|Bad request \(reason : (Malformed request|Unhandled verb)\)|Unavailable)$/;

/**
 * The message in what a server sent to a client that took every step of the exchange; undefined when it gave no answer.
 * @throws `Finding` unless it is one that a client may be told
 */
export function answerIn(
  said: Buffer,
  keyFrames: readonly ClientFrame[],
  { order, generation }: { order: Order; generation: Generation },
): string | undefined {
  const greeting = order === 'server' ? GREETING_BYTES : 0;
  const start = keyFrames.reduce((sum, { replyBytes = 0 }) => sum + replyBytes, greeting) + 1;
  if (said.length <= start) return undefined;
  const message = messageIn(said.subarray(start), generation);
  expectThat(ANSWERS.test(message), `a client was told ${JSON.stringify(message)}`);
  return message;
}

function messageIn(bytes: Buffer, generation: Generation): string {
  // What is random is the same for each message, so the IV that the request brought is the first one again.
  const aes = fixedKey();
  try {
    const length = generation.openHeader(bytes.subarray(0, generation.headerBytes), aes);
    const body = bytes.subarray(generation.headerBytes);
    expectThat(body.length === length, `a response of ${body.length} bytes was announced as ${length}`);
    return String(JSON.parse(generation.openBody(body, aes).plaintext.toString()).message);
  } catch (error) {
    if (error instanceof Finding) throw error;
    throw new Finding('the response cannot be read', { cause: error });
  }
}
