/**
 * Mann–Whitney U test: how probable it is, were there no difference, that samples of two kinds are ranked at least as
 * unevenly as these. Two-sided, by the normal approximation, with the correction for ties: for tens of samples or more.
 */
export function rankTest(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((value) => ({ value, isA: true })), ...b.map((value) => ({ value, isA: false }))];
  all.sort((left, right) => left.value - right.value);
  let rankSumA = 0;
  let ties = 0;
  for (let start = 0; start < all.length; ) {
    let end = start;
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1;
    const count = end - start;
    // Equal values share the mean of their ranks, which begin with 1.
    const rank = (start + 1 + end) / 2;
    rankSumA += rank * all.slice(start, end).filter(({ isA }) => isA).length;
    ties += count ** 3 - count;
    start = end;
  }
  const n = all.length;
  const u = rankSumA - (a.length * (a.length + 1)) / 2;
  const mean = (a.length * b.length) / 2;
  const variance = ((a.length * b.length) / 12) * (n + 1 - ties / (n * (n - 1)));
  if (variance === 0) return 1;
  return 2 * (1 - normal(Math.abs(u - mean) / Math.sqrt(variance)));
}

/**
 * The standard normal distribution function at `z ≥ 0`, to seven decimals.
 * @see Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17
 */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const [b1, b2, b3, b4, b5] = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return 1 - density * t * (b1 + t * (b2 + t * (b3 + t * (b4 + t * b5))));
}
