import type { GenerationNumber } from '../wire/generation.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import type { Request } from '../wire/request.ts';
import type { Connection } from './connection.ts';
import { findGeneration } from './find-generation.ts';
import type { GenerationMemory } from './generation-memory.ts';

export interface SendingInSomeGeneration {
  /** Open, keys exchanged. */
  connection: Connection;
  /** Gives another connection like it. */
  connect: () => Promise<Connection>;
  memory: GenerationMemory;
  randomBytes: RandomBytes;
  signal: AbortSignal;
}

const LATEST: GenerationNumber = 3;

/**
 * Sends a request in the generation that the server is known to speak, else in the latest, else in the one that is
 * found out. It goes out again only after its header was refused: what may have been handled is not sent twice. (Servers
 * of generations 1 and 2 take five in a million encrypted headers for a number: such a request fails, and is not handled.)
 * @returns the connection on which it was sent
 * @throws the first refusal when no generation fits
 */
export async function sendInSomeGeneration(request: Request, sending: SendingInSomeGeneration): Promise<Connection> {
  const { connect, memory, randomBytes, signal } = sending;
  let { connection } = sending;
  const { settings: server } = connection;
  const known = memory.recall(server) ?? LATEST;
  const refusal = await connection.trySend(request, known, randomBytes);
  if (!refusal) return connection;
  memory.forget(server);
  if (known !== LATEST) {
    connection = await connect();
    if (!(await connection.trySend(request, LATEST, randomBytes))) return connection;
  }
  const accessToken = request.parameters.access_token;
  const found = await findGeneration({ connect, accessToken, randomBytes, signal });
  if (!found) throw refusal;
  memory.remember(server, found);
  connection = await connect();
  await connection.send(request, found, randomBytes);
  return connection;
}
