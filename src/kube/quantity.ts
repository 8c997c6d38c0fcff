const FACTORS: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Beyond what a quantity can carry, and below what rounding does to one. */
const ROUNDING = 1e-12;

/** The number that a Kubernetes quantity such as `500m` or `1Gi` stands for; undefined when it is none. */
export function quantityValue(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, number = '', suffix = '', exponent] = match;
  return exponent === undefined ? Number(number) * (FACTORS[suffix] ?? 1) : Number(`${number}e${exponent}`);
}

/** Whether two texts stand for the same quantity: an API server writes `0.5` as `500m`. */
export function isSameQuantity(one: string, other: string): boolean {
  const [a, b] = [quantityValue(one), quantityValue(other)];
  if (a === undefined || b === undefined) return false;
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}
