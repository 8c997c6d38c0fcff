import { AESWrapper } from '../wire/aes-wrapper.ts';
import { REQUEST_VERB_STAT } from '../wire/constants.ts';
import { WireError } from '../wire/errors.ts';
import type { Generation, GenerationNumber } from '../wire/generation.ts';
import { GENERATIONS } from '../wire/generations.ts';
import { receiveBody, receiveLength } from '../wire/message-exchange.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import type { Connection } from './connection.ts';

export interface GenerationSearch {
  /** Gives a fresh connection, keys exchanged. */
  connect: () => Promise<Connection>;
  /** Sent along with each STAT. */
  accessToken: unknown;
  randomBytes: RandomBytes;
  signal: AbortSignal;
}

/**
 * Which of the generations with plain headers a server speaks; undefined when neither. Only its answer to a body tells
 * them apart, so it is asked with a STAT, which changes nothing. To one of generation 2 a server of generation 1 may
 * answer `Internal error` in its own way, or just close; then it is asked again.
 * @throws what `connect` does; the signal's reason when it aborts
 */
export async function findGeneration(search: GenerationSearch): Promise<GenerationNumber | undefined> {
  return (await generationOfAnswer(2, search)) ?? (await generationOfAnswer(1, search));
}

/** Undefined when there is no answer, or none that can be read. */
async function generationOfAnswer(asked: 1 | 2, search: GenerationSearch): Promise<GenerationNumber | undefined> {
  const connection = await search.connect();
  const { channel } = connection;
  const { aes } = connection.keys;
  const candidates = [GENERATIONS[2], generation1With(new AESWrapper(aes.key, aes.iv))];
  const parameters = search.accessToken === undefined ? {} : { access_token: search.accessToken };
  try {
    await connection.send({ verb: REQUEST_VERB_STAT, parameters }, asked, search.randomBytes);
    const { length } = await receiveLength(channel, { aes, generation: GENERATIONS[1] });
    return (await receiveBody(channel, aes, { length, candidates })).generation.number;
  } catch (error) {
    search.signal.throwIfAborted();
    if (error instanceof WireError) return undefined;
    throw error;
  } finally {
    connection.close();
  }
}

/** Generation 1 under the session's first IV, which it keeps whatever was sent along with a message of generation 2. */
function generation1With(first: AESWrapper): Generation {
  const generation1 = GENERATIONS[1];
  return { ...generation1, openBody: (body) => generation1.openBody(body, first) };
}
