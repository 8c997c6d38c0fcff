/** Steps of `session-steps.ts` that are no frames: too much, nothing more, and nothing yet. */
import type { ModelledSession } from './modelled-session.ts';
import type { SessionModel } from './session-model.ts';
import { Step } from './session-steps.ts';

export class SendFlood extends Step {
  async run(model: SessionModel, real: ModelledSession): Promise<void> {
    model.isOver = true;
    real.channel.send(Buffer.alloc(100_000, 'A'));
    // What it may still answer to the first of them does not matter.
    for (;;) {
      try {
        await real.channel.read(1);
      } catch {
        return real.expectClosed();
      }
    }
  }

  toString(): string {
    return 'flood';
  }
}

export class Leave extends Step {
  readonly way: 'ends' | 'breaks off';

  constructor(way: 'ends' | 'breaks off') {
    super();
    this.way = way;
  }

  async run(model: SessionModel, real: ModelledSession): Promise<void> {
    model.isOver = true;
    if (this.way === 'ends') await real.channel.finish().catch(() => undefined);
    else real.channel.destroy();
  }

  toString(): string {
    return this.way;
  }
}

export class Wait extends Step {
  readonly ms: number;

  constructor(ms: number) {
    super();
    this.ms = ms;
  }

  async run(model: SessionModel, real: ModelledSession): Promise<void> {
    const before = model.order;
    const outcome = model.waited(this.ms);
    await real.clock.advance(this.ms);
    if (outcome === 'greets' || (outcome === 'closes' && model.isSilent && before === 'client')) {
      await real.expectBytes(real.serverLength);
    }
    if (outcome !== 'closes') return;
    model.isOver = true;
    await real.expectClosed();
  }

  toString(): string {
    return `${this.ms} ms`;
  }
}
