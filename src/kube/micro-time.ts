/**
 * A time as the API server takes it where it wants exactly six decimals.
 * @param ms milliseconds since the epoch
 */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
