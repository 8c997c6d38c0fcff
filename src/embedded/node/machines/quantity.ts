const FACTORS: Record<string, number> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number of bytes that a Kubernetes quantity such as `1Gi` or `512M` stands for. @throws RangeError */
export function quantityBytes(quantity: string): number {
  const match = /^(\d+(?:\.\d+)?)([kMGT]i?|Ki|)$/.exec(quantity);
  const factor = FACTORS[match?.[2] ?? ''];
  if (!match || factor === undefined) throw new RangeError(`${quantity} is no quantity of bytes`);
  return Math.floor(Number(match[1]) * factor);
}
