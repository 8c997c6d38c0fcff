import type { Readable } from 'node:stream';

/** More than any token. */
const MAX_BYTES = 4096;

/** Everything that standard input gives, or so much of it that it is no token. */
export async function inputText(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > MAX_BYTES) break;
  }
  return Buffer.concat(chunks).toString('latin1');
}
