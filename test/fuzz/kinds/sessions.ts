import type { Generation, GenerationNumber } from '../../../src/wire/generation.ts';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { MAX_BODY_BYTES } from '../../../src/wire/limits.ts';
import {
  bytesOf,
  type ClientFrame,
  type FramedKeys,
  keyFrames,
  replyBytesOf,
  requestFrames,
} from '../../support/client-frames.ts';
import { expectThat } from '../finding.ts';
import { anyKeys, type Ground } from '../ground.ts';
import { cut, mutated, shuffled } from '../mutate.ts';
import type { Random } from '../random.ts';
import { requestText } from '../request-text.ts';
import type { Leaving, Part, Target } from '../target.ts';
import { answerIn } from './session-answer.ts';

const LEAVING: readonly Leaving[] = ['waits', 'waits', 'waits', 'ends', 'breaks', 'reads nothing'];
const NUMBERS: readonly GenerationNumber[] = [1, 2, 3];

const anyGeneration = (random: Random): Generation => GENERATIONS[random.pick(NUMBERS)];

/** How a client might go about sending these bytes. */
export function partOf(bytes: Buffer, random: Random, waitsFirst = false): Part {
  return { pieces: cut(bytes, random), leaving: random.pick(LEAVING), inTurns: random.oneIn(4), waitsFirst };
}

/** Whole sessions of any kind, with something wrong anywhere. */
export async function mutatedSession(random: Random, ground: Ground): Promise<string> {
  const keys = anyKeys(random, ground);
  const frames = [...keyFrames(keys), ...requestFrames(requestText(random), anyGeneration(random))];
  const waits = (keys.order === 'server') !== random.oneIn(10);
  const said = await ground.target.serve(partOf(wronged(frames, random), random, waits));
  return said.length > 0 ? 'heard' : 'nothing';
}

function wronged(frames: readonly ClientFrame[], random: Random): Buffer {
  if (random.oneIn(3)) return mutated(bytesOf(frames), random);
  if (random.oneIn(3)) return bytesOf(shuffled(frames, random));
  const at = random.below(frames.length);
  return Buffer.concat(frames.map(({ bytes }, index) => (index === at ? mutated(bytes, random) : bytes)));
}

/** The keys are exchanged as they should be, and then comes any request. What is JSON is answered; nothing else is. */
export async function anyRequest(random: Random, ground: Ground): Promise<string> {
  return ask(random, ground.target, anyKeys(random, ground));
}

/** The same with a real key, and nothing left out. */
export async function wholeWay(random: Random, ground: Ground): Promise<string> {
  return ask(random, ground.wholeTarget, { ...anyKeys(random, ground), block: ground.realBlock });
}

async function ask(random: Random, target: Target, keys: FramedKeys): Promise<string> {
  const text = requestText(random);
  const generation = anyGeneration(random);
  const exchange = keyFrames(keys);
  const request = requestFrames(text, generation);
  const part = partOf(bytesOf([...exchange, ...request]), random, keys.order === 'server');
  const said = await target.serve({ ...part, leaving: 'waits' });
  const answer = answerIn(said, exchange, { order: keys.order, generation });
  const fits = (request[1]?.bytes.length ?? 0) <= MAX_BODY_BYTES;
  expectThat(
    (answer !== undefined) === (fits && isJson(text)),
    `answered ${answer ?? 'nothing'} to ${fits ? '' : 'what is too large: '}${text.toString('latin1', 0, 200)}`,
  );
  return answer ?? 'closed';
}

function isJson(text: Buffer): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
    return true;
  } catch {
    return false;
  }
}

/** The keys are exchanged, and then comes noise for a header, a body, or both. */
export async function noiseAfterKeys(random: Random, ground: Ground): Promise<string> {
  const keys = anyKeys(random, ground);
  const exchange = keyFrames(keys);
  const [header, body] = requestFrames(random.bytes(random.length(600)), anyGeneration(random));
  const noise = random.oneIn(2)
    ? random.bytes(random.length(200))
    : Buffer.concat([header?.bytes ?? Buffer.alloc(0), random.bytes(body?.bytes.length ?? 0)]);
  const said = await ground.target.serve(
    partOf(Buffer.concat([bytesOf(exchange), noise]), random, keys.order === 'server'),
  );
  const most = replyBytesOf(exchange, keys.order) + 1;
  expectThat(said.length <= most, 'noise was answered');
  return 'closed';
}
