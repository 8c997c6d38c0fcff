/** Child of the benchmark: clients that each want a container. */
import { ClientInterface } from '../../../src/client/client-interface.ts';
import type { ServerAddress } from '../../../src/client/dial.ts';
import { createdContainer } from '../../../src/wire/response.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { answerQuestions } from '../server/answer-questions.ts';

export interface CreateRequest {
  server: ServerAddress;
  /** Clients, all at the same time. */
  parallel: number;
}

/** How one client fared. */
export interface CreateResult {
  /** Milliseconds until the keys were exchanged. */
  connectMs: number;
  /** Milliseconds from the request to the response. */
  createMs: number;
  /** Of the response; or what went wrong. */
  message: string;
  /** Of its container, if it got one. */
  uuid?: string;
}

/** Seconds: the machine is busy. */
const PATIENCE = 120;
const rsaWrapper = await RSAWrapper.generate({ bits: 2048 });

async function create({ host, port }: ServerAddress): Promise<CreateResult> {
  const options = { serverIp: host, serverListenPort: port, rsaWrapper, timeout: PATIENCE, generation: 3 as const };
  const began = performance.now();
  let connected = began;
  const took = () => ({ connectMs: connected - began, createMs: performance.now() - connected });
  try {
    await using client = new ClientInterface(options);
    await client.connectServer();
    connected = performance.now();
    await client.sendRequest('CREATE');
    const { success, message, data } = await client.recvResponse();
    const times = took();
    return success ? { ...times, message, uuid: createdContainer(data).container_uuid } : { ...times, message };
  } catch (error) {
    return { ...took(), message: String(error) };
  }
}

answerQuestions({
  create: ({ server, parallel }: CreateRequest): Promise<CreateResult[]> =>
    Promise.all(Array.from({ length: parallel }, () => create(server))),
});
