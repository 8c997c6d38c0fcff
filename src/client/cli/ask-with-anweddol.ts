import type { Response } from '../../wire/response.ts';
import { RSAWrapper } from '../../wire/rsa-wrapper.ts';
import { ClientInterface } from '../client-interface.ts';
import { BoundedGenerationMemory } from '../generation-memory.ts';
import type { Route } from './route.ts';
import { meetCertificate } from './trust/meet-certificate.ts';

/** One request over the Anweddol protocol. */
export async function askWithAnweddol(
  route: Route,
  verb: string,
  parameters: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Response> {
  const { server, tls, pins, firstUse, timeout, wait, generation, accessToken } = route;
  // Only a certificate that was never seen is looked at before: a known key says more than any authority.
  if (tls && firstUse && !(await firstUse.isKnown())) {
    await meetCertificate({ server, tls, application: 'anweddol', timeout }, firstUse, signal);
  }
  const rsaWrapper = await RSAWrapper.generate({ bits: route.keyBits });
  signal.throwIfAborted();
  const kind = tls ? 'tls' : 'rsa';
  const memory = new BoundedGenerationMemory(1);
  const known = await firstUse?.recall();
  if (known) memory.remember(server, known);
  await using client = new ClientInterface({
    serverIp: server.host,
    serverListenPort: server.port,
    timeout,
    answerTimeout: wait,
    rsaWrapper,
    generation,
    generationMemory: memory,
    accessToken,
    pins,
    tls: tls && { ...tls, verify: tls.ca !== undefined },
    onServerKey: firstUse && (async (key) => (key.kind === kind ? firstUse.check(key.sha256) : undefined)),
  });
  try {
    await client.sendRequest(verb, parameters, signal);
    return await client.recvResponse(signal);
  } finally {
    await firstUse?.remember(memory.recall(server));
  }
}
