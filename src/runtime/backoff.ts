export interface BackoffOptions {
  initialMs: number;
  maxMs: number;
  /** Default 2. */
  factor?: number;
  /** `equal`: between half of the delay and the whole. `full`: between nothing and the whole. Default `equal`. */
  jitter?: 'none' | 'equal' | 'full';
  /** From 0 up to, and not including, 1. Default `Math.random`. */
  random?: () => number;
}

/** The wait in milliseconds before the next try, after `failures` failures in a row (1 or more). */
export function backoffDelay(failures: number, options: BackoffOptions): number {
  const { initialMs, maxMs, factor = 2, jitter = 'equal', random = Math.random } = options;
  const whole = Math.min(maxMs, initialMs * factor ** Math.max(0, failures - 1));
  if (jitter === 'none') return whole;
  return jitter === 'full' ? whole * random() : (whole / 2) * (1 + random());
}
