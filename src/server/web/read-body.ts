import type { IncomingMessage } from 'node:http';
import { MAX_BODY_BYTES } from '../../wire/limits.ts';

/** So much of a body that is too large is read and thrown away: who sends it reads no answer before it is done. */
const MAX_DISCARDED_BYTES = 256 * 1024;

/**
 * The body of a request; undefined when it is larger than any request can be. No more than that is held, whatever its
 * length is said to be.
 * @throws when the connection breaks before its end
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > MAX_DISCARDED_BYTES) return undefined;
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_DISCARDED_BYTES) return undefined;
    if (length <= MAX_BODY_BYTES && declared <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks = [];
  }
  return length > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}
