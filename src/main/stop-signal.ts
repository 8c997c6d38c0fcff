/** Aborts at the first SIGTERM or SIGINT; a second one ends the program at once. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(1);
    controller.abort(new Error(`stopped by ${name}`));
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  return controller.signal;
}
