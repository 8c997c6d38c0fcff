/** Numbers with the units that the dashboards name, in few characters. */

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function inUnit(value: number, unit = 'short'): string {
  if (!Number.isFinite(value)) return '–';
  switch (unit) {
    case 's':
      return seconds(value);
    case 'bytes':
      return bytes(value);
    case 'percentunit':
      return `${short(value * 100)} %`;
    case 'd':
      return `${Math.floor(value)} d`;
    case 'ops':
    case 'reqps':
      return `${short(value)}/s`;
    case 'opm':
      return `${short(value)}/min`;
    default:
      return short(value);
  }
}

function seconds(value: number): string {
  if (value === 0) return '0 s';
  if (value < 1e-3) return `${short(value * 1e6)} µs`;
  if (value < 1) return `${short(value * 1e3)} ms`;
  return value < 120 ? `${short(value)} s` : `${short(value / 60)} min`;
}

function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(value) / 10));
  return `${short(value / 2 ** (10 * power))} ${SIZES[power]}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(value >= 100 ? 4 : 3)));
}

/** A step, round in its unit, so that about `count` of them reach `top`. */
export function roundStep(top: number, count: number, unit?: string): number {
  const raw = top / count;
  if (unit === 'bytes') return 2 ** Math.ceil(Math.log2(raw));
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10;
  return step * power;
}
