/** One Ctrl-C reaches a program twice when npm runs it: from the terminal, and from npm. */
const SAME_STOP_MS = 1000;

/** Aborts at the first SIGTERM or SIGINT; another one, a second or more later, ends the program at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let stoppedAt = 0;
  const stop = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) stoppedAt = performance.now();
    else if (performance.now() - stoppedAt >= SAME_STOP_MS) process.exit(1);
    controller.abort(new Error(`stopped by ${name}`));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  return controller.signal;
}
