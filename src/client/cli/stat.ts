import { REQUEST_VERB_STAT } from '../../wire/constants.ts';
import { statistics } from '../../wire/response.ts';
import type { ServerAddress } from '../dial.ts';
import { type AskOptions, ask } from './ask.ts';
import { type OutputFormat, print } from './print.ts';
import { progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** `anwdl stat`: what a server says of itself. */
export async function stat(
  server: ServerAddress,
  options: AskOptions & { output: OutputFormat },
  terminal: Terminal,
): Promise<void> {
  using waiting = progress(terminal, 'asking the server');
  const data = statistics(await ask(server, { verb: REQUEST_VERB_STAT }, options, terminal.signal));
  waiting[Symbol.dispose]();
  print(terminal, data, options.output);
}
