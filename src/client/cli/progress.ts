import type { Terminal } from './terminal.ts';

const EVERY_MS = 1_000;

/** Says on a terminal's standard error what takes so long, once a second from the first second on, until disposed. */
export function progress({ stderr }: Terminal, what: string): Disposable {
  if (!stderr.isTTY) return { [Symbol.dispose]: () => undefined };
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += 1;
    stderr.write(`\r${what}… ${seconds} s`);
  }, EVERY_MS);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      if (seconds > 0) stderr.write('\r\x1b[K');
    },
  };
}
