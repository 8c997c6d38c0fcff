import { ClientInterface } from '../../client/client-interface.ts';
import type { ServerAddress } from '../../client/dial.ts';
import { dialUntilBanner } from '../../virtualization/ssh/dial.ts';
import { login } from '../../virtualization/ssh/session.ts';
import { type CreatedContainer, createdContainer, type Response } from '../../wire/response.ts';
import { RSAWrapper } from '../../wire/rsa-wrapper.ts';
import type { Progress } from './progress.ts';

/** A client's end of any number of conversations: where the server is, the client's own key, and when to give up. */
export interface Caller {
  signal: AbortSignal;
  server: ServerAddress;
  key: RSAWrapper;
}

/** A whole conversation: connect, ask, read the answer. */
export async function ask({ server, key, signal }: Caller, verb: string, parameters: object = {}): Promise<Response> {
  await using client = new ClientInterface({ serverIp: server.host, serverListenPort: server.port, rsaWrapper: key });
  await client.connectServer({ signal });
  await client.sendRequest(verb, { ...parameters }, signal);
  return await client.recvResponse(signal);
}

/** @throws Error with the server's message when it refuses */
export async function create(caller: Caller): Promise<CreatedContainer> {
  return createdContainer(accepted(await ask(caller, 'CREATE')));
}

export async function destroy(caller: Caller, { container_uuid, client_token }: CreatedContainer): Promise<void> {
  accepted(await ask(caller, 'DESTROY', { container_uuid, client_token }));
}

function accepted(response: Response): Response['data'] {
  if (!response.success) throw new Error(`the server answered: ${response.message}`);
  return response.data;
}

/** What a client does with a server: CREATE, a command in the container over SSH, DESTROY. */
export async function walkThrough(server: ServerAddress, progress: Progress, signal: AbortSignal): Promise<void> {
  const caller = { server, key: await RSAWrapper.generate(), signal };
  const container = await create(caller);
  const { container_username: username, container_listen_port: port, container_uuid: uuid } = container;
  progress.step(`CREATE answered: container ${uuid}, user ${username}, SSH port ${port}`);

  const said = await runInContainer(server.host, container, 'id -un; uname -sr; cat /etc/motd', signal);
  progress.step(`logged in over SSH at ${server.host}:${port}; the container says:`);
  for (const line of said.trim().split('\n')) progress.detail(line);
  const [whoami] = said.split('\n');
  if (whoami !== username) throw new Error(`the container says its user is ${whoami}, the server said ${username}`);

  await destroy(caller, container);
  progress.step('DESTROY answered OK');
}

/** One command over SSH, with the credentials of the reply and the host key that it names. */
export async function runInContainer(
  host: string,
  container: CreatedContainer,
  command: string,
  signal: AbortSignal,
): Promise<string> {
  const socket = await dialUntilBanner(host, container.container_listen_port, signal);
  const { container_username: username, container_password: password } = container;
  await using session = await login(socket, { username, password }, signal);
  const announced = container.container_host_key_sha256;
  if (announced && announced !== session.hostKeyFingerprint)
    throw new Error('the container has another SSH host key than announced');
  const result = await session.run(command, signal);
  if (result.code !== 0) throw new Error(`"${command}" ended with ${result.code}: ${result.stderr}`);
  return result.stdout;
}
