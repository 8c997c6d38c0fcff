import { REQUEST_VERB_DESTROY } from '../../../wire/constants.ts';
import type { CreatedContainer } from '../../../wire/response.ts';
import { ask } from '../ask.ts';
import { requestContainer } from '../create.ts';
import { EXIT } from '../errors.ts';
import { formatted, type OutputFormat } from '../print.ts';
import { progress } from '../progress.ts';
import type { Route } from '../route.ts';
import { notice, type Terminal } from '../terminal.ts';
import { sshSession } from './session.ts';

export interface SshCommandOptions {
  /** To run instead of a shell. */
  command: string[];
  keep: boolean;
  output: OutputFormat;
}

/**
 * `anwdl ssh`: a new container, a session in it, and its end, whatever ended the session. Standard output belongs to the
 * session, so what is to be told goes to standard error.
 * @returns the exit code
 */
export async function ssh(route: Route, options: SshCommandOptions, terminal: Terminal): Promise<number> {
  const { server } = route;
  const { command, keep, output } = options;
  const container = await requestContainer(route, terminal);
  if (keep) {
    terminal.stderr.write(formatted({ server_host: server.host, ...container }, output));
    return sshSession(server, container, command, terminal);
  }
  let destroyed = false;
  let code: number;
  try {
    code = await sshSession(server, container, command, terminal);
  } finally {
    destroyed = await end(route, container, output, terminal);
  }
  return code === EXIT.ok && !destroyed ? EXIT.unreachable : code;
}

/** Not stopped by an interruption: it is what an interruption asks for. */
async function end(
  route: Route,
  container: CreatedContainer,
  output: OutputFormat,
  terminal: Terminal,
): Promise<boolean> {
  const { container_uuid, client_token } = container;
  const request = { verb: REQUEST_VERB_DESTROY, parameters: { container_uuid, client_token } };
  using waiting = progress(terminal, 'destroying the container');
  try {
    await ask(route, request, new AbortController().signal);
    waiting[Symbol.dispose]();
    if (output === 'json') terminal.stderr.write(formatted({ container_uuid, destroyed: true }, 'json'));
    return true;
  } catch (error) {
    waiting[Symbol.dispose]();
    const why = error instanceof Error ? error.message : String(error);
    notice(terminal, `the container ${container_uuid} could not be destroyed: ${why}`);
    return false;
  }
}
