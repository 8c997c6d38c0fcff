import { test } from 'node:test';
import fc from 'fast-check';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { ModelledSession } from '../../support/modelled-session.ts';
import { framedKeys } from '../../support/scripted-client.ts';
import { Leave, SendFlood, Wait } from '../../support/session-endings.ts';
import { type AskedRequest, SessionModel } from '../../support/session-model.ts';
import { type Command, MixGenerations, SendHalf, SendRight, SendWrong } from '../../support/session-steps.ts';

const [rsaWrapper, clientRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);
const keys = framedKeys(clientRsa, rsaWrapper);
const asked = fc.record<AskedRequest>({
  generation: fc.constantFrom(1, 2, 3),
  request: fc.constantFrom('known', 'unknown', 'malformed'),
});
const right = asked.map((request) => new SendRight(request));
const steps: fc.Arbitrary<Command>[] = [
  ...Array.from({ length: 14 }, () => right),
  fc.constant(new SendHalf()),
  fc.nat(99).map((seed) => new SendWrong(seed)),
  fc.constant(new MixGenerations()),
  fc.constant(new SendFlood()),
  fc.constantFrom<'ends' | 'breaks off'>('ends', 'breaks off').map((way) => new Leave(way)),
  fc.constantFrom(500, 1_499, 1_500, 3_000, 4_999, 5_000).map((ms) => new Wait(ms)),
];

test('whatever a client does, step by step, the server answers as the protocol says, and nothing of it is left', async () => {
  const property = fc.asyncProperty(fc.commands(steps, { maxCommands: 24 }), async (commands) => {
    await using real = await ModelledSession.start(rsaWrapper, keys);
    await fc.asyncModelRun(() => ({ model: new SessionModel(), real }), commands);
  });
  await fc.assert(property, { numRuns: 400 });
});
