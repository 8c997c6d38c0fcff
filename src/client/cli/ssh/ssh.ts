import { REQUEST_VERB_DESTROY } from '../../../wire/constants.ts';
import type { CreatedContainer } from '../../../wire/response.ts';
import type { ServerAddress } from '../../dial.ts';
import { type AskOptions, ask } from '../ask.ts';
import { requestContainer } from '../create.ts';
import { EXIT } from '../errors.ts';
import { formatted, type OutputFormat } from '../print.ts';
import { progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { sshSession } from './session.ts';

export interface SshCommandOptions extends AskOptions {
  keep: boolean;
  output: OutputFormat;
}

/**
 * `anwdl ssh`: a new container, a session in it, and its end, whatever ended the session. Standard output belongs to the
 * session, so what is to be told goes to standard error.
 * @returns the exit code
 */
export async function ssh(
  server: ServerAddress,
  command: string[],
  options: SshCommandOptions,
  terminal: Terminal,
): Promise<number> {
  const container = await requestContainer(server, options, terminal);
  if (options.keep) {
    terminal.stderr.write(formatted({ server_host: server.host, ...container }, options.output));
    return sshSession(server, container, command, terminal);
  }
  let destroyed = false;
  let code: number;
  try {
    code = await sshSession(server, container, command, terminal);
  } finally {
    destroyed = await end(server, container, options, terminal);
  }
  return code === EXIT.ok && !destroyed ? EXIT.unreachable : code;
}

/** Not stopped by an interruption: it is what an interruption asks for. */
async function end(
  server: ServerAddress,
  container: CreatedContainer,
  options: SshCommandOptions,
  terminal: Terminal,
): Promise<boolean> {
  const { container_uuid, client_token } = container;
  const request = { verb: REQUEST_VERB_DESTROY, parameters: { container_uuid, client_token } };
  using waiting = progress(terminal, 'destroying the container');
  try {
    await ask(server, request, options, new AbortController().signal);
    waiting[Symbol.dispose]();
    if (options.output === 'json') terminal.stderr.write(formatted({ container_uuid, destroyed: true }, 'json'));
    return true;
  } catch (error) {
    waiting[Symbol.dispose]();
    const why = error instanceof Error ? error.message : String(error);
    terminal.stderr.write(`anwdl: the container ${container_uuid} could not be destroyed: ${why}\n`);
    return false;
  }
}
