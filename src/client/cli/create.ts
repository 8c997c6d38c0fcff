import { REQUEST_VERB_CREATE } from '../../wire/constants.ts';
import { type CreatedContainer, createdContainer } from '../../wire/response.ts';
import type { ServerAddress } from '../dial.ts';
import { type AskOptions, ask } from './ask.ts';
import { type OutputFormat, print } from './print.ts';
import { progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

/** Has a container created and waits until it is ready. */
export async function requestContainer(
  server: ServerAddress,
  options: AskOptions,
  terminal: Terminal,
): Promise<CreatedContainer> {
  using _ = progress(terminal, 'waiting for a container');
  return createdContainer(await ask(server, { verb: REQUEST_VERB_CREATE }, options, terminal.signal));
}

/** `anwdl create`: a new container's credentials. */
export async function create(
  server: ServerAddress,
  options: AskOptions & { output: OutputFormat },
  terminal: Terminal,
): Promise<void> {
  print(terminal, await requestContainer(server, options, terminal), options.output);
}
