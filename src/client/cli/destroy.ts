import { text } from 'node:stream/consumers';
import { REQUEST_VERB_DESTROY } from '../../wire/constants.ts';
import type { ServerAddress } from '../dial.ts';
import { type AskOptions, ask } from './ask.ts';
import { CliError, EXIT } from './errors.ts';
import { type OutputFormat, print } from './print.ts';
import { progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export interface DestroyOptions extends AskOptions {
  uuid: string;
  /** `-`: from standard input. Absent: from the environment variable ANWDL_TOKEN. */
  token?: string | undefined;
  output: OutputFormat;
}

/** `anwdl destroy`: ends a container. */
export async function destroy(server: ServerAddress, options: DestroyOptions, terminal: Terminal): Promise<void> {
  const parameters = { container_uuid: options.uuid, client_token: await tokenOf(options, terminal) };
  using waiting = progress(terminal, 'destroying the container');
  await ask(server, { verb: REQUEST_VERB_DESTROY, parameters }, options, terminal.signal);
  waiting[Symbol.dispose]();
  print(terminal, { container_uuid: options.uuid, destroyed: true }, options.output);
}

async function tokenOf({ token }: DestroyOptions, { stdin, env }: Terminal): Promise<string> {
  const found = token === '-' ? (await text(stdin)).trim() : (token ?? env.ANWDL_TOKEN);
  if (found) return found;
  throw new CliError(
    EXIT.usage,
    'the client token is missing: give --token, ANWDL_TOKEN, or --token - and standard input',
  );
}
