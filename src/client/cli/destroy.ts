import { REQUEST_VERB_DESTROY } from '../../wire/constants.ts';
import { ask } from './ask.ts';
import { CliError, EXIT } from './errors.ts';
import { type OutputFormat, print } from './print.ts';
import { progress } from './progress.ts';
import type { Route } from './route.ts';
import { inputText } from './standard-input.ts';
import type { Terminal } from './terminal.ts';

export interface DestroyOptions {
  uuid: string;
  clientToken: string;
  output: OutputFormat;
}

/** `anwdl destroy`: ends a container. */
export async function destroy(route: Route, options: DestroyOptions, terminal: Terminal): Promise<void> {
  const { uuid, clientToken, output } = options;
  const parameters = { container_uuid: uuid, client_token: clientToken };
  using waiting = progress(terminal, 'destroying the container');
  await ask(route, { verb: REQUEST_VERB_DESTROY, parameters }, terminal.signal);
  waiting[Symbol.dispose]();
  print(terminal, { container_uuid: uuid, destroyed: true }, output);
}

/**
 * The token of a container.
 * @param token `-`: from standard input. Absent: from the environment variable ANWDL_TOKEN
 */
export async function clientToken(token: string | undefined, terminal: Terminal): Promise<string> {
  const found = token === '-' ? (await inputText(terminal)).trim() : (token ?? terminal.env.ANWDL_TOKEN);
  if (found) return found;
  throw new CliError(
    EXIT.usage,
    'the client token is missing: give --token, ANWDL_TOKEN, or --token - and standard input',
  );
}
