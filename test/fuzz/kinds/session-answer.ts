import type { Generation } from '../../../src/wire/generation.ts';
import { type ClientFrame, type Order, openResponse, replyBytesOf } from '../../support/client-frames.ts';
import { expectThat, Finding } from '../finding.ts';

/** No word of the server's own faults. */
const ANSWERS = /^(OK|Bad authentication|Bad request \(reason : (Malformed request|Unhandled verb)\)|Unavailable)$/;

/**
 * The message in what a server sent to a client that took every step of the exchange; undefined when it gave no answer.
 * @throws `Finding` unless it is one that a client may be told
 */
export function answerIn(
  said: Buffer,
  exchange: readonly ClientFrame[],
  { order, generation }: { order: Order; generation: Generation },
): string | undefined {
  const response = said.subarray(replyBytesOf(exchange, order) + 1);
  if (response.length === 0) return undefined;
  const message = messageIn(response, generation);
  expectThat(ANSWERS.test(message), `a client was told ${JSON.stringify(message)}`);
  return message;
}

function messageIn(response: Buffer, generation: Generation): string {
  try {
    return openResponse(response, generation).message;
  } catch (cause) {
    throw new Finding('the response cannot be read', { cause });
  }
}
