/** What the process holds once nothing is left that it need not hold. Needs `--expose-gc` to be sure of that. */
export function residentBytes(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  return process.memoryUsage.rss();
}
