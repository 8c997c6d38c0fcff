import { decodeUtf8, invalidAnswer } from './response-body.ts';

const LINE_BREAK = 0x0a;

/** Of one event, in bytes; the API server stores no object near it. */
const DEFAULT_MAX_LINE_BYTES = 16 * 2 ** 20;

/**
 * The lines of a stream, however it is cut into chunks; empty lines are left out.
 * @throws KubeError `InvalidAnswer` when a line is too long or no UTF-8, or the stream ends within one
 */
export async function* lines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes = DEFAULT_MAX_LINE_BYTES,
): AsyncGenerator<string> {
  let begun: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, start)) {
      begun.push(chunk.subarray(start, end));
      if (bytes + end - start > maxLineBytes) throw tooLong(maxLineBytes);
      const line = decodeUtf8(begun);
      begun = [];
      bytes = 0;
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    bytes += chunk.length - start;
    if (bytes > maxLineBytes) throw tooLong(maxLineBytes);
    if (start < chunk.length) begun.push(chunk.subarray(start));
  }
  if (bytes > 0) throw invalidAnswer('the watch ended in the middle of an event');
}

function tooLong(maxLineBytes: number) {
  return invalidAnswer(`an event of the watch is longer than ${maxLineBytes} bytes`);
}
