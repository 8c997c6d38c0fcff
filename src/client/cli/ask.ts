import type { Response } from '../../wire/response.ts';
import { RSAWrapper } from '../../wire/rsa-wrapper.ts';
import { ClientInterface } from '../client-interface.ts';
import type { ServerAddress } from '../dial.ts';
import { CliError, EXIT } from './errors.ts';
import { printable } from './terminal.ts';

export interface AskOptions {
  /** Seconds for connecting, the key exchange and the request. */
  timeout: number;
  /** Seconds for the answer. */
  wait: number;
  /** Of the RSA key that is made for this one connection. */
  keyBits: number;
}

/**
 * Sends one request and gives back the data of the answer.
 * @throws `CliError` when the server refuses; `WireError` when it can't be reached or does not keep to the protocol
 */
export async function ask(
  server: ServerAddress,
  request: { verb: string; parameters?: Record<string, unknown> },
  options: AskOptions,
  signal: AbortSignal,
): Promise<Response['data']> {
  const rsaWrapper = await RSAWrapper.generate({ bits: options.keyBits });
  signal.throwIfAborted();
  await using client = new ClientInterface({
    serverIp: server.host,
    serverListenPort: server.port,
    timeoutSeconds: options.timeout,
    answerTimeoutSeconds: options.wait,
    rsaWrapper,
  });
  await client.sendRequest(request.verb, request.parameters, signal);
  const { success, message, data } = await client.recvResponse(signal);
  if (!success) throw new CliError(EXIT.refused, `the server answered: ${printable(message)}`);
  return data;
}
