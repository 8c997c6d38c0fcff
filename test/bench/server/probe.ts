import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type BlockKind, keyBlock } from './key-blocks.ts';
import { dial, type LeanKeys, type Target } from './lean-client.ts';

/** Microseconds. */
export interface Probe {
  /** From the key block to the server's next bytes. */
  toAnswer: number;
  /** From a message that is none to the end of the connection. */
  toClose: number;
}

/** One connection as far as the key block, which is of this kind, and then a message that nobody can decrypt. */
export async function probe(target: Target, keys: LeanKeys, kind: BlockKind): Promise<Probe> {
  const socket = dial(target).on('error', () => undefined);
  try {
    await once(socket, 'connect');
    socket.write(keys.header);
    await received(socket, 1);
    socket.write(keys.pem);
    const header = await received(socket, 9);
    socket.write('1');
    const pem = await received(socket, Number.parseInt(header.toString('latin1', 1), 10));
    socket.write('1');
    const block = keyBlock(kind, pem.toString('latin1'), 512);
    const sent = performance.now();
    const answer = received(socket, 1 + keys.blockBytes);
    socket.write(block);
    await answer;
    const answered = performance.now();
    const closed = once(socket, 'close');
    socket.resume().write(Buffer.concat([Buffer.from('1'), randomBytes(16)]));
    await closed;
    return { toAnswer: (answered - sent) * 1000, toClose: (performance.now() - answered) * 1000 };
  } finally {
    socket.destroy();
  }
}

async function received(socket: ReturnType<typeof dial>, length: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < length) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
  }
  return bytes;
}
