import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Ports of 127.0.0.1 that are free now, for programs that take a number.
 * @param lengths of the ranges wanted. @returns the first port of each
 */
export async function freePorts(...lengths: number[]): Promise<number[]> {
  const found: number[] = [];
  let next = 20_000 + (process.pid % 10_000);
  for (const length of lengths) {
    const ports = () => Array.from({ length }, (_, index) => next + index);
    while (!(await Promise.all(ports().map(isFree))).every(Boolean)) next += 1;
    found.push(next);
    next += length;
  }
  return found;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
