import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * The whole content of a regular file of at most `maxBytes`; no more than a byte beyond it is read, whatever
 * size the file says it has. What is not a regular file (a FIFO, a device, a folder) is refused instead of waited for.
 * @throws `Error` that names the path: it cannot be opened or read, is no regular file, or is too large
 */
export async function readCapped(path: string, maxBytes: number): Promise<Buffer> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
  const chunks: Buffer[] = [];
  let length = 0;
  // `end` is read too: the byte beyond the cap tells that the file is larger.
  for await (const chunk of file.createReadStream({ start: 0, end: maxBytes, autoClose: false })) {
    chunks.push(chunk);
    length += chunk.length;
  }
  if (length > maxBytes) throw new Error(`${path} is larger than ${maxBytes} bytes`);
  return Buffer.concat(chunks);
}
