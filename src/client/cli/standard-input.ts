import type { Terminal } from './terminal.ts';

/** More than any token. */
const MAX_BYTES = 4096;

/** Everything that standard input gives, or so much of it that it is no token. @throws the signal's reason */
export async function inputText({ stdin, signal }: Pick<Terminal, 'stdin' | 'signal'>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  const abort = (): void => void stdin.destroy(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    for await (const chunk of stdin) {
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      if (length > MAX_BYTES) break;
    }
    return Buffer.concat(chunks).toString('latin1');
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
