import type { Response } from '../../wire/response.ts';
import { askWithAnweddol } from './ask-with-anweddol.ts';
import { askWithHttp } from './ask-with-http.ts';
import { CliError, EXIT } from './errors.ts';
import type { Route } from './route.ts';
import { printable } from './terminal.ts';

/**
 * Sends one request and gives back the data of the answer.
 * @throws `CliError` when the server refuses, or shows another key than it should; `WireError` when it can't be reached or
 *   does not keep to the protocol
 */
export async function ask(
  route: Route,
  request: { verb: string; parameters?: Record<string, unknown> },
  signal: AbortSignal,
): Promise<Response['data']> {
  const { verb, parameters = {} } = request;
  const send = route.web ? askWithHttp : askWithAnweddol;
  const { success, message, data } = await send(route, verb, parameters, signal);
  if (!success) throw new CliError(EXIT.refused, `the server answered: ${printable(message)}`);
  return data;
}
