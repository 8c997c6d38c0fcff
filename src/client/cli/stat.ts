import { REQUEST_VERB_STAT } from '../../wire/constants.ts';
import { statistics } from '../../wire/response.ts';
import { ask } from './ask.ts';
import { type OutputFormat, print } from './print.ts';
import { progress } from './progress.ts';
import type { Route } from './route.ts';
import type { Terminal } from './terminal.ts';

/** `anwdl stat`: what a server says of itself. */
export async function stat(route: Route, output: OutputFormat, terminal: Terminal): Promise<void> {
  using waiting = progress(terminal, 'asking the server');
  const data = statistics(await ask(route, { verb: REQUEST_VERB_STAT }, terminal.signal));
  waiting[Symbol.dispose]();
  print(terminal, data, output);
}
