import { REQUEST_VERB_CREATE } from '../../wire/constants.ts';
import { type CreatedContainer, createdContainer } from '../../wire/response.ts';
import { ask } from './ask.ts';
import { type OutputFormat, print } from './print.ts';
import { progress } from './progress.ts';
import type { Route } from './route.ts';
import type { Terminal } from './terminal.ts';

/** Has a container created and waits until it is ready. */
export async function requestContainer(route: Route, terminal: Terminal): Promise<CreatedContainer> {
  using _ = progress(terminal, 'waiting for a container');
  return createdContainer(await ask(route, { verb: REQUEST_VERB_CREATE }, terminal.signal));
}

/** `anwdl create`: a new container's credentials. */
export async function create(route: Route, output: OutputFormat, terminal: Terminal): Promise<void> {
  print(terminal, await requestContainer(route, terminal), output);
}
