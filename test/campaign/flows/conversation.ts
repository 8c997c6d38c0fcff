/** The client's side: conversations with the server of a scene. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { type CreatedContainer, createdContainer, type Response } from '../../../src/wire/response.ts';
import { type Scene, SERVER } from '../ground/scene.ts';

type Answer = { response: Response } | { failure: string };

/** A point on the way of an answer; what happens there may end the conversation. */
export type OnPoint = (point: 'sent' | 'begun' | 'read', client: ClientInterface) => Promise<void> | void;

const ANSWER_MS = 25_000;
const AGAIN_MS = 50;

/** One conversation, whatever becomes of it. */
export async function converse(
  scene: Scene,
  verb: string,
  parameters: object = {},
  onPoint: OnPoint = () => undefined,
): Promise<Answer> {
  const { host, port } = addressOf(scene);
  const signal = AbortSignal.any([scene.signal, AbortSignal.timeout(ANSWER_MS)]);
  const { clientKey: rsaWrapper } = scene.ground;
  await using client = new ClientInterface({ serverIp: host, serverListenPort: port, rsaWrapper, generation: 3 });
  try {
    await client.connectServer({ signal });
    await client.sendRequest(verb, { ...parameters }, signal);
    await onPoint('sent', client);
    // Nothing of the answer is acknowledged yet.
    await begun(client, signal);
    await onPoint('begun', client);
    const response = await client.recvResponse(signal);
    await onPoint('read', client);
    return { response };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Resolves with the first byte of the answer, or the end. Looked at, not listened for, as it is the client's to read. */
async function begun(client: ClientInterface, signal: AbortSignal): Promise<void> {
  const socket = client.getSocketDescriptor();
  const before = socket?.bytesRead;
  while (socket?.readable && !socket.destroyed && socket.bytesRead === before) await sleep(1, undefined, { signal });
}

/** Until there is an answer: a server pod may be starting again. @throws the scene's reason when it ends */
export async function ask(scene: Scene, verb: string, parameters: object = {}): Promise<Response> {
  const late = Date.now() + ANSWER_MS;
  while (true) {
    const answer = await converse(scene, verb, parameters);
    if ('response' in answer) return answer.response;
    if (Date.now() > late) throw new Error(`${verb} is not answered: ${answer.failure}`);
    await sleep(AGAIN_MS, undefined, { signal: scene.signal });
  }
}

/** The container, where the answer gives one; its secrets are known to the scene from then on. */
export function containerOf(scene: Scene, answer: Answer): CreatedContainer | undefined {
  if (!('response' in answer) || !answer.response.success) return undefined;
  const container = createdContainer(answer.response.data);
  scene.secrets.add(container.container_password);
  scene.secrets.add(container.client_token);
  return container;
}

/** O7: the container of an answered CREATE can be destroyed with its token, once, and with no other. */
export async function destroyOnce(scene: Scene, container: CreatedContainer): Promise<void> {
  const { container_uuid, client_token } = container;
  const asked = async (token: string) => ask(scene, 'DESTROY', { container_uuid, client_token: token });
  if ((await asked('x'.repeat(255))).success) scene.broken.push('a wrong token destroyed a container');
  const own = await asked(client_token);
  if (!own.success) scene.broken.push(`an answered container could not be destroyed: ${own.message}`);
  if ((await asked(client_token)).success) scene.broken.push('a container was destroyed twice');
}

function addressOf({ server }: Scene): { host: string; port: number } {
  const address = (server?.status?.address ?? {}) as { host?: string; port?: number };
  if (!address.host || !address.port) throw new Error(`${SERVER} has no address`);
  return { host: address.host, port: address.port };
}
