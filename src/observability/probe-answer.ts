import type { Answer } from './http-listener.ts';

/** What a probe looks at, by name. A check says what is wrong, in one line without secrets, or nothing. */
export type Checks = Record<string, () => string | undefined>;

/** What a probe is told, in the form of kube-apiserver's `/readyz`; `undefined` for a URL that is no probe's. */
export function probeAnswer({ pathname, searchParams }: URL, probes: Record<string, Checks>): Answer | undefined {
  const [, probe = '', name, ...rest] = pathname.split('/');
  const checks = Object.hasOwn(probes, probe) ? probes[probe] : undefined;
  if (!checks || rest.length > 0 || (name !== undefined && !Object.hasOwn(checks, name))) return undefined;
  const excluded = searchParams.getAll('exclude');
  const asked = Object.entries(checks).filter(
    ([check]) => (name === undefined || check === name) && !excluded.includes(check),
  );
  const findings = asked.map(([check, look]) => ({ check, problem: outcomeOf(look) }));
  const failed = findings.some(({ problem }) => problem !== undefined);
  if (!failed && !searchParams.has('verbose')) return { code: 200, body: 'ok\n' };
  const lines = findings.map(({ check, problem }) =>
    problem === undefined ? `[+]${check} ok` : `[-]${check} failed: ${problem}`,
  );
  const end = `${probe} check ${failed ? 'failed' : 'passed'}`;
  return { code: failed ? 503 : 200, body: `${[...lines, end].join('\n')}\n` };
}

function outcomeOf(look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch {
    return 'the check itself failed';
  }
}
