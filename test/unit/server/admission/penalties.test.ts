import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Offence, Penalties } from '../../../../src/server/admission/penalties.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const SOURCE = '192.0.2.7';
/** One bad frame is enough to be refused for 90 s. */
const GRAVE = { seconds: { badFrame: 90 } };

function given(options: Partial<ConstructorParameters<typeof Penalties>[0]> = {}) {
  const clock = new FakeClock();
  return { clock, penalties: new Penalties({ clock, ...options }) };
}

test('offences add up, and from the threshold on the source is refused until nothing is left of them', async () => {
  const { clock, penalties } = given();
  penalties.add(SOURCE, 'deadline');
  for (let times = 0; times < 4; times += 1) penalties.add(SOURCE, 'noRequest');
  assert.equal(penalties.isRefused(SOURCE), false);
  penalties.add(SOURCE, 'noRequest');
  assert.equal(penalties.isRefused(SOURCE), true);
  await clock.advance(14_999);
  assert.equal(penalties.isRefused(SOURCE), true);
  await clock.advance(1);
  assert.equal(penalties.isRefused(SOURCE), false);
});

test('what has run off does not count: offences far enough apart are never refused', async () => {
  const { clock, penalties } = given();
  for (let times = 0; times < 50; times += 1) {
    penalties.add(SOURCE, 'deadline');
    assert.equal(penalties.isRefused(SOURCE), false);
    await clock.advance(6_000);
    penalties.add(SOURCE, 'badFrame');
    assert.equal(penalties.isRefused(SOURCE), false);
    await clock.advance(9_000);
  }
});

test('what a refused source does adds to what is left, however little that is', async () => {
  const { clock, penalties } = given(GRAVE);
  penalties.add(SOURCE, 'badFrame');
  await clock.advance(89_000);
  penalties.add(SOURCE, 'noRequest');
  await clock.advance(1_999);
  assert.equal(penalties.isRefused(SOURCE), true);
  await clock.advance(1);
  assert.equal(penalties.isRefused(SOURCE), false);
});

test('a source that was forgiven begins anew', async () => {
  const { clock, penalties } = given(GRAVE);
  penalties.add(SOURCE, 'badFrame');
  await clock.advance(90_000);
  penalties.add(SOURCE, 'deadline');
  assert.equal(penalties.isRefused(SOURCE), false);
});

const costs: [Offence, number][] = [
  ['badFrame', 5],
  ['noRequest', 1],
  ['deadline', 10],
  ['badToken', 5],
];
for (const [offence, seconds] of costs) {
  test(`${offence} costs ${seconds} s`, async () => {
    const { clock, penalties } = given({ thresholdSeconds: 0.5 });
    penalties.add(SOURCE, offence);
    await clock.advance(seconds * 1000 - 1);
    assert.equal(penalties.isRefused(SOURCE), true);
    await clock.advance(1);
    assert.equal(penalties.isRefused(SOURCE), false);
  });
}

test('no source waits longer than 600 s, whatever it did', async () => {
  const { clock, penalties } = given();
  for (let times = 0; times < 100; times += 1) penalties.add(SOURCE, 'deadline');
  await clock.advance(599_999);
  assert.equal(penalties.isRefused(SOURCE), true);
  await clock.advance(1);
  assert.equal(penalties.isRefused(SOURCE), false);
});

test('what an offence costs can be set, and 0 forgives it', () => {
  const { penalties } = given({ seconds: { badToken: 15, badFrame: 0 } });
  penalties.add(SOURCE, 'badFrame');
  assert.equal(penalties.size, 0);
  assert.equal(penalties.isRefused(SOURCE), false);
  penalties.add(SOURCE, 'badToken');
  assert.equal(penalties.isRefused(SOURCE), true);
});

test('an IPv6 host pays for its whole /64, an IPv4 host for itself alone', () => {
  const { penalties } = given(GRAVE);
  penalties.add('2001:db8::1', 'badFrame');
  penalties.add('::ffff:192.0.2.7', 'badFrame');
  const refused = ['2001:db8::2', '2001:db8:0:1::1', '192.0.2.7', '192.0.2.8'].map((it) => penalties.isRefused(it));
  assert.deepEqual(refused, [true, false, true, false]);
});

test('when all places are taken the source with the oldest last offence is forgiven', () => {
  const { penalties } = given({ ...GRAVE, maxEntries: 2 });
  penalties.add('192.0.2.1', 'badFrame');
  penalties.add('192.0.2.2', 'badFrame');
  penalties.add('192.0.2.2', 'badFrame');
  assert.equal(penalties.isRefused('192.0.2.1'), true);
  penalties.add('192.0.2.1', 'badFrame');
  penalties.add('192.0.2.3', 'badFrame');
  const refused = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((it) => penalties.isRefused(it));
  assert.deepEqual(refused, [true, false, true]);
});

test('sources that are forgiven make room, when asked about and when another offends', async () => {
  const { clock, penalties } = given();
  for (let host = 0; host < 100; host += 1) penalties.add(`192.0.2.${host}`, 'noRequest');
  await clock.advance(1_000);
  assert.equal(penalties.isRefused('192.0.2.50'), false);
  assert.equal(penalties.size, 99);
  penalties.add(SOURCE, 'noRequest');
  assert.equal(penalties.size, 1);
});

test('a source is refused only for what it did itself, and no more are remembered than may be', async () => {
  const offence = fc.constantFrom<Offence>('badFrame', 'noRequest', 'deadline', 'badToken');
  const step = fc.record({ host: fc.nat(7), offence, ms: fc.nat(20_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, penalties } = given({ maxEntries: 4 });
      const alone = given();
      for (const { host, offence: what, ms } of steps) {
        penalties.add(`192.0.2.${host}`, what);
        alone.penalties.add(`192.0.2.${host}`, what);
        assert.equal(penalties.isRefused('198.51.100.1'), false);
        for (let other = 0; other < 8; other += 1) {
          const address = `192.0.2.${other}`;
          if (penalties.isRefused(address)) assert.ok(alone.penalties.isRefused(address));
        }
        assert.ok(penalties.size <= 4);
        await Promise.all([clock.advance(ms), alone.clock.advance(ms)]);
      }
    }),
    { numRuns: 50 },
  );
});

test('a flood of sources fills the table and no more', () => {
  const { penalties } = given(GRAVE);
  for (let source = 0; source < 70_000; source += 1) {
    penalties.add(`10.${source >> 16}.${(source >> 8) & 255}.${source & 255}`, 'badFrame');
  }
  assert.equal(penalties.size, 65_536);
  assert.equal(penalties.isRefused('10.0.0.0'), false);
  assert.equal(penalties.isRefused('10.1.17.111'), true);
});
