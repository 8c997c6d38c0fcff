/** Does nothing without `--expose-gc`. */
export function collectGarbage(): void {
  globalThis.gc?.();
}

/** What the process holds once nothing is left that it need not hold, in bytes. */
export function residentBytes(): number {
  for (let round = 0; round < 3; round += 1) collectGarbage();
  return process.memoryUsage.rss();
}
