/** Of the trace id, which is random: no more of it than a number holds to the last bit. */
const DIGITS = 13;
const RANGE = 16 ** DIGITS;

/** Whether a trace is one of the share that is recorded; the same for the same id. @param ratio from 0 to 1 */
export function isSampled(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-DIGITS), 16) < ratio * RANGE;
}
