import { EXIT } from '../../client/cli/errors.ts';
import { progress } from '../../client/cli/progress.ts';
import type { Terminal } from '../../client/cli/terminal.ts';
import { isForbidden, isNetworkFailure, isUnauthorized, KubeError } from '../../kube/errors.ts';
import { systemClock as clock } from '../../runtime/system-clock.ts';
import { VERSION } from '../../version.ts';
import { type Connection, connect, failureOf } from '../cluster/connect.ts';
import type { DoctorFlags } from '../flags.ts';
import { widthOf } from '../text/wrap.ts';
import { examine } from './checks/all.ts';
import { type Finding, isFailure } from './finding.ts';
import { type Examination, findingsJson, findingsText } from './print-findings.ts';
import { readFacts } from './read/read-facts.ts';

/**
 * `anwdl doctor`: looks, judges and tells. Nothing is changed.
 * @returns the exit code
 * @throws CliError when the kubeconfig can't be used
 */
export async function doctorCommand(flags: DoctorFlags, terminal: Terminal): Promise<number> {
  await using connection = connect(flags);
  const waiting = progress(terminal, 'looking at the cluster');
  const { findings, exitCode } = await examined(connection, flags, terminal.signal).finally(() =>
    waiting[Symbol.dispose](),
  );
  const at = new Date(clock.now()).toISOString();
  const examination: Examination = { version: VERSION, cluster: connection.url, at, findings };
  const text =
    flags.output === 'json' ? findingsJson(examination) : findingsText(examination, widthOf(terminal.stdout));
  terminal.stdout.write(text);
  return exitCode;
}

async function examined(
  { kube, url, version }: Connection,
  { namespace, dial = false }: DoctorFlags,
  signal: AbortSignal,
): Promise<{ findings: Finding[]; exitCode: number }> {
  let answers: Finding;
  try {
    answers = { check: 'api-server', result: 'ok', found: `Kubernetes ${await version(signal)} answers at ${url}.` };
  } catch (error) {
    return { findings: [silence(error, url)], exitCode: isNetworkFailure(error) ? EXIT.unreachable : EXIT.refused };
  }
  const facts = await readFacts({ kube, namespace, dial, now: clock.now(), version: VERSION, signal });
  const findings = [answers, ...examine(facts)];
  return { findings, exitCode: findings.some(isFailure) ? EXIT.refused : EXIT.ok };
}

/** @throws what is no answer of an API server, nor the want of one */
function silence(error: unknown, url: string): Finding {
  if (!(error instanceof KubeError) || error.reason === 'NoCredentials') throw failureOf(error);
  const isRefusal = isUnauthorized(error) || isForbidden(error);
  const [found, remedy] = isRefusal
    ? ['does not accept your credentials', 'Renew them, or name another context.']
    : [
        isNetworkFailure(error) ? 'does not answer' : 'does not answer as one',
        'Look whether the kubeconfig names the right cluster, and at the network between here and there.',
      ];
  return {
    check: 'api-server',
    result: 'failed',
    found: `The API server at ${url} ${found}: ${error.message}`,
    remedy,
  };
}
