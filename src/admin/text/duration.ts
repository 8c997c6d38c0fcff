const UNITS = [
  { letter: 'd', ms: 86_400_000 },
  { letter: 'h', ms: 3_600_000 },
  { letter: 'm', ms: 60_000 },
  { letter: 's', ms: 1_000 },
];

/** A time in milliseconds in its two largest units, such as `3h20m` and `45s`; `?` where there is none. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  let rest = Math.max(0, ms);
  const parts: string[] = [];
  for (const [index, { letter, ms: unit }] of UNITS.entries()) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) parts.push(`${count}${letter}`);
    // The two of them are neighbours: 3d20s says no more than 3d.
    if (parts.length === 2 || (parts.length === 1 && count === 0 && index > 0)) break;
  }
  return parts.join('') || '0s';
}
