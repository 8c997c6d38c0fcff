import { parseArgs } from 'node:util';

export const HELP = `npm run campaign: the operator and the server pods are killed at each of their writes to the API server.

  --short               a part of it, in less than two minutes
  --flows NAME,…        these flows only; a name that ends with * stands for all that begin so
  --only PLAN           one run: <flow>:<write>:<when>, as the report names it; may be repeated
  --seeded              performs what must find bugs that are put into copies of the sources
  --plane real|memory   Kubernetes' own control plane with KubeVirt's, or the one of this project. Default real
  --within SECONDS      no run but the first of a flow begins later than this. Default: none; short 75
  --jobs N              runs that work at a time. Default 3
  --quiet SECONDS       how long nothing may be written at the end of a run. Default 60, short 1
  --keep FOLDER         the record of each run that fails goes there
  -o table|json         the report. Default table
`;

export interface CampaignFlags {
  short: boolean;
  flows: string[];
  only: string[];
  seeded: boolean;
  plane: 'real' | 'memory';
  jobs: number;
  quietMs: number;
  withinMs: number | undefined;
  keep: string | undefined;
  output: 'table' | 'json';
}

/** @throws TypeError or RangeError that says what is wrong with the arguments; `undefined` where help is asked for */
export function readFlags(args: string[]): CampaignFlags | undefined {
  const { values } = parseArgs({
    args,
    options: {
      short: { type: 'boolean', default: false },
      flows: { type: 'string', multiple: true, default: [] },
      only: { type: 'string', multiple: true, default: [] },
      seeded: { type: 'boolean', default: false },
      plane: { type: 'string', default: 'real' },
      jobs: { type: 'string', default: '3' },
      quiet: { type: 'string' },
      within: { type: 'string' },
      keep: { type: 'string' },
      output: { type: 'string', short: 'o', default: 'table' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const { short, flows, only, seeded, plane, output, keep } = values;
  const within = values.within ?? (short ? '75' : undefined);
  const isBrief = short || seeded || only.length > 0;
  return {
    short,
    only,
    seeded,
    keep,
    flows: flows.flatMap((text) => text.split(',').filter(Boolean)),
    plane: oneOf('--plane', plane, ['real', 'memory']),
    jobs: number('--jobs', values.jobs),
    quietMs: number('--quiet', values.quiet ?? (isBrief ? '1' : '60')) * 1_000,
    withinMs: within === undefined ? undefined : number('--within', within) * 1_000,
    output: oneOf('--output', output, ['table', 'json']),
  };
}

function oneOf<const T extends string>(flag: string, text: string, values: readonly T[]): T {
  const value = values.find((one) => one === text);
  if (!value) throw new RangeError(`${flag} takes ${values.join(' or ')}, not "${text}"`);
  return value;
}

function number(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`${flag} takes a number above 0, not "${text}"`);
  return value;
}
