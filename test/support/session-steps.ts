/** What a client may do next, as commands of fast-check: each does it, and holds the server to what the model says. */
import { randomBytes } from 'node:crypto';
import type fc from 'fast-check';
import { GENERATIONS } from '../../src/wire/generations.ts';
import { PeerPublicKey } from '../../src/wire/peer-public-key.ts';
import { fixedKey } from './client-frames.ts';
import type { ModelledSession } from './modelled-session.ts';
import { type AskedRequest, FRAME, type SessionModel } from './session-model.ts';

export type Command = fc.AsyncCommand<SessionModel, ModelledSession>;

export abstract class Step implements Command {
  check(model: SessionModel): boolean {
    return !model.isOver;
  }

  abstract run(model: SessionModel, real: ModelledSession): Promise<void>;

  abstract toString(): string;
}

/** What the server says when it has taken a frame of the exchange: acknowledgements, its key, a block for the client. */
async function expectReply(model: SessionModel, real: ModelledSession): Promise<void> {
  const isClient = model.order === 'client';
  switch (model.at) {
    case isClient ? 0 : 2:
      return real.expectBytes('1');
    case isClient ? 1 : 3:
      await real.expectBytes('1');
      return isClient
        ? real.expectBytes(real.serverLength)
        : void (await real.channel.read(real.keys.clientBlockBytes));
    case isClient ? 2 : 0:
      return real.expectBytes(real.keys.serverPem);
    case isClient ? 4 : 5:
      await real.expectBytes('1');
      return isClient ? void (await real.channel.read(real.keys.clientBlockBytes)) : undefined;
    case FRAME.header:
      return real.expectBytes('1');
    case FRAME.body:
      real.responseHeader = await real.channel.read(GENERATIONS[model.asked?.generation ?? 3].headerBytes);
      return;
    default:
      return;
  }
}

async function begin(model: SessionModel, real: ModelledSession, bytes: Buffer): Promise<void> {
  const isFirst = model.isSilent;
  real.channel.send(bytes);
  if (!isFirst) return;
  model.spoke();
  await real.phase('prologue');
}

/** The frame that the server waits for, as it should be, or what is left of it. */
export class SendRight extends Step {
  readonly asked: AskedRequest;

  constructor(asked: AskedRequest) {
    super();
    this.asked = asked;
  }

  async run(model: SessionModel, real: ModelledSession): Promise<void> {
    if (model.at <= FRAME.header && model.part === 0) model.asked = this.asked;
    const asked = model.asked ?? this.asked;
    const rest = real.framesOf(model.order, asked)[model.at]?.bytes.subarray(model.part) ?? Buffer.alloc(0);
    await begin(model, real, rest);
    if (model.isDoomed && (model.at === FRAME.body || (model.at === FRAME.header && asked.generation === 3))) {
      if (model.at === FRAME.header) await real.expectBytes('0');
      model.isOver = true;
      return real.expectClosed();
    }
    await expectReply(model, real);
    if (model.at === FRAME.taken) {
      model.isOver = true;
      await real.expectResponse(model.answer, asked);
      return real.expectClosed();
    }
    const ended = model.took();
    if (ended) await real.phase(ended);
  }

  toString(): string {
    return `right frame (${this.asked.request} of generation ${this.asked.generation})`;
  }
}

export class SendHalf extends Step {
  override check(model: SessionModel): boolean {
    return super.check(model) && model.part === 0 && model.at < FRAME.header;
  }

  async run(model: SessionModel, real: ModelledSession): Promise<void> {
    const asked: AskedRequest = { generation: 3, request: 'known' };
    const frame = real.framesOf(model.order, asked)[model.at]?.bytes ?? Buffer.alloc(0);
    if (frame.length < 2) return;
    const part = frame.length >> 1;
    await begin(model, real, frame.subarray(0, part));
    model.part = part;
  }

  toString(): string {
    return 'half a frame';
  }
}

/** Something else in place of the frame that the server waits for. */
export class SendWrong extends Step {
  readonly seed: number;

  constructor(seed: number) {
    super();
    this.seed = seed;
  }

  override check(model: SessionModel): boolean {
    return super.check(model) && model.part === 0;
  }

  async run(model: SessionModel, real: ModelledSession): Promise<void> {
    const asked = model.asked ?? { generation: 3, request: 'known' };
    const right = real.framesOf(model.order, asked)[model.at];
    const wrong = this.#wrong(model, real.keys, right?.name ?? '', right?.bytes.length ?? 0);
    await begin(model, real, wrong);
    if (right?.name === 'key block' && model.order === 'client') {
      // It does not let on: the session goes on, and fails with the first message.
      await expectReply(model, real);
      model.isDoomed = true;
      model.took();
      return;
    }
    model.isOver = true;
    const isAcknowledgement = right?.name.startsWith('acknowledgement');
    if (!isAcknowledgement && model.at !== FRAME.body) await real.expectBytes('0');
    await real.expectClosed();
  }

  #wrong(model: SessionModel, { serverPem }: ModelledSession['keys'], name: string, length: number): Buffer {
    if (name.startsWith('acknowledgement')) return Buffer.from(['0', 'x', '\x16'][this.seed % 3] ?? '0');
    // Whoever goes first proposes a key that is not used: only a block without one is wrong.
    if (name === 'key block')
      return model.order === 'client' ? randomBytes(length) : PeerPublicKey.fromPem(serverPem).encrypt(randomBytes(48));
    if (name === 'public key') return Buffer.alloc(length, 'A');
    if (model.at === FRAME.body) return randomBytes(length);
    if (model.at === FRAME.header) {
      return this.seed % 2 === 0 ? Buffer.from('16400===') : fixedKey().encrypt(Buffer.from('16400'));
    }
    const starts = ['\x16\x03\x01\x02\0\x01\0\x01', '9999999=', '0=======', 'GET / HT'];
    return Buffer.from(starts[this.seed % starts.length] ?? '', 'latin1');
  }

  toString(): string {
    return `wrong frame ${this.seed}`;
  }
}

/** A length as in generation 3, and a body as in generation 1. */
export class MixGenerations extends Step {
  override check(model: SessionModel): boolean {
    return super.check(model) && model.at === FRAME.header && !model.isDoomed;
  }

  async run(model: SessionModel, real: ModelledSession): Promise<void> {
    model.isOver = true;
    const body = real.framesOf('client', { generation: 1, request: 'known' })[FRAME.body]?.bytes ?? Buffer.alloc(0);
    real.channel.send(GENERATIONS[3].sealHeader(body.length, fixedKey()));
    await real.expectBytes('1');
    real.channel.send(body);
    await real.expectClosed();
  }

  toString(): string {
    return 'two generations in one message';
  }
}
