/** Where a run of a flow is crashed. */
export interface CrashPoint {
  /** A learned write, or another point of the flow. */
  write: string;
  /** Which of the moments of that point. */
  moment: string;
}

/** One run: the same flow, and who dies when. A second crash is one of what takes over after the first. */
export interface Plan {
  flow: string;
  points: CrashPoint[];
}

/** As `--only` takes it: `create-cold:server/create/virtualmachineinstances/lab-*#1:before`. Without a point nobody crashes. */
export function planText({ flow, points }: Plan): string {
  return `${flow}:${points.map(({ write, moment }) => `${write}:${moment}`).join('+')}`;
}

/** @throws RangeError naming what is missing */
export function parsePlan(text: string): Plan {
  const [flow = '', ...rest] = text.split(':');
  if (rest.join('') === '') return { flow, points: [] };
  const points = rest
    .join(':')
    .split('+')
    .map((point) => {
      const at = point.lastIndexOf(':');
      if (at <= 0 || at === point.length - 1) throw new RangeError(`"${text}" is not <flow>:<write>:<when>`);
      return { write: point.slice(0, at), moment: point.slice(at + 1) };
    });
  return { flow, points };
}
