import type { Response } from '../../wire/response.ts';
import { WebClientInterface } from '../web-client-interface.ts';
import type { Route } from './route.ts';
import { meetCertificate } from './trust/meet-certificate.ts';

/** One request over HTTP, or HTTPS. */
export async function askWithHttp(
  route: Route,
  verb: string,
  parameters: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Response> {
  const { server, tls, firstUse, timeout, wait, accessToken } = route;
  const pins =
    tls && firstUse
      ? [await meetCertificate({ server, tls, application: 'http', timeout }, firstUse, signal)]
      : route.pins;
  const client = new WebClientInterface({
    serverIp: server.host,
    serverListenPort: server.port,
    enableSsl: tls !== undefined,
    // What is to be believed is in the pins; without any, the user wants none of it.
    verifySslCertificate: false,
    pins,
    timeout,
    answerTimeout: wait,
    accessToken,
  });
  return await client.sendRequest(verb, parameters, signal);
}
