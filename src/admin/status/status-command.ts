import { CliError, EXIT } from '../../client/cli/errors.ts';
import { progress } from '../../client/cli/progress.ts';
import { notice, type Terminal } from '../../client/cli/terminal.ts';
import { KubeError } from '../../kube/errors.ts';
import { systemClock as clock } from '../../runtime/system-clock.ts';
import { type Connection, connect, failureOf } from '../cluster/connect.ts';
import type { StatusFlags } from '../flags.ts';
import { shownJson } from '../text/shown.ts';
import { widthOf } from '../text/wrap.ts';
import { describe } from './describe.ts';
import { statusText } from './print-status.ts';
import { readStatus } from './read-status.ts';
import type { ServerReport } from './report.ts';

const LOOK_AGAIN_MS = 2_000;
/** Of a terminal: its upper left corner, and nothing on it. */
const CLEAR = '\x1b[H\x1b[2J';

/**
 * `anwdl status`: what there is to be seen of a server, once, or again whenever it has changed.
 * @throws CliError when it can't be had, or when the user ends it
 */
export async function statusCommand(name: string, flags: StatusFlags, terminal: Terminal): Promise<void> {
  await using connection = connect(flags);
  const server = { name, namespace: flags.namespace ?? connection.namespace ?? 'default' };
  let last = await reportOf(connection, server, terminal);
  print(last, flags, terminal);
  while (flags.watch) {
    await clock.sleep(LOOK_AGAIN_MS, terminal.signal);
    try {
      const next = await reportOf(connection, server, terminal);
      // On a terminal the ages go on; elsewhere only what is new is worth a line.
      if (isSame(next, last) && !redraws(flags, terminal)) continue;
      last = next;
      print(last, flags, terminal);
    } catch (error) {
      // A cluster that does not answer may do so again; a server that is gone is gone.
      if (!(error instanceof CliError) || error.exitCode !== EXIT.unreachable) throw error;
      notice(terminal, error.message);
    }
  }
}

async function reportOf(
  { kube }: Connection,
  server: { namespace: string; name: string },
  terminal: Terminal,
): Promise<ServerReport> {
  using _ = progress(terminal, 'asking the cluster');
  const { namespace, name } = server;
  const facts = await readStatus(kube, server, terminal.signal).catch((error: unknown) => {
    if (error instanceof TypeError) throw new CliError(EXIT.usage, error.message, { cause: error });
    const isOfNoType = error instanceof KubeError && error.code === 404;
    throw isOfNoType
      ? new CliError(EXIT.refused, 'the cluster has no AnweddolServers: apply crds/ first')
      : failureOf(error);
  });
  if (!facts) throw new CliError(EXIT.refused, `there is no AnweddolServer ${name} in namespace ${namespace}`);
  return describe(facts);
}

function isSame(one: ServerReport, other: ServerReport): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function redraws({ output, watch = false }: StatusFlags, { stdout }: Terminal): boolean {
  return watch && output === 'table' && 'isTTY' in stdout && stdout.isTTY === true;
}

function print(report: ServerReport, flags: StatusFlags, terminal: Terminal): void {
  const { output, watch } = flags;
  const { stdout } = terminal;
  if (output === 'json') {
    stdout.write(`${shownJson(report, watch ? undefined : 2)}\n`);
    return;
  }
  const text = statusText(report, widthOf(stdout), clock.now());
  const before = redraws(flags, terminal) ? CLEAR : '';
  const after = watch && before === '' ? '\n' : '';
  stdout.write(before + text + after);
}
