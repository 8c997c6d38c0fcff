import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceLimits } from '../../../../src/server/admission/source-limits.ts';

/** Enters until refused, at most 1,000 times. */
function enterAll(limits: SourceLimits, address: (index: number) => string): (() => void)[] {
  const leaves: (() => void)[] = [];
  while (leaves.length < 1000) {
    const leave = limits.enter(address(leaves.length));
    if (!leave) break;
    leaves.push(leave);
  }
  return leaves;
}

test('one IPv4 address has 32 connections, in any spelling, and its neighbours still have theirs', () => {
  const limits = new SourceLimits();
  const spelling = (index: number) => (index % 2 ? '192.0.2.7' : '::ffff:192.0.2.7');
  assert.equal(enterAll(limits, spelling).length, 32);
  assert.ok(limits.enter('192.0.2.8'));
});

test('one /24 has 64 connections, whatever address they come from, and another /24 still has its own', () => {
  const limits = new SourceLimits();
  assert.equal(enterAll(limits, (index) => `192.0.2.${index}`).length, 64);
  assert.ok(limits.enter('192.0.3.1'));
});

test('one IPv6 /64 has 64 connections, and another /64 still has its own', () => {
  const limits = new SourceLimits();
  assert.equal(enterAll(limits, (index) => `2001:db8::${index.toString(16)}`).length, 64);
  assert.ok(limits.enter('2001:db8:0:1::1'));
});

test('a source that one has left may have one more; leaving twice gives no second place', () => {
  const limits = new SourceLimits({ perAddress: 2, perNetwork: 3 });
  const [leave] = enterAll(limits, () => '192.0.2.7');
  leave?.();
  leave?.();
  assert.equal(enterAll(limits, () => '192.0.2.7').length, 1);
});

test('a refused connection takes no place, of the address or of the network', () => {
  const limits = new SourceLimits({ perAddress: 1, perNetwork: 2 });
  const leave = limits.enter('192.0.2.1');
  assert.equal(limits.enter('192.0.2.1'), undefined);
  assert.ok(limits.enter('192.0.2.2'));
  assert.equal(limits.enter('192.0.2.3'), undefined);
  leave?.();
  assert.ok(limits.enter('192.0.2.3'));
});

test('when all have left nothing is remembered', () => {
  const limits = new SourceLimits();
  const leaves = [
    ...enterAll(limits, (index) => `192.0.2.${index}`),
    ...enterAll(limits, (index) => `2001:db8:0:${index.toString(16)}::1`),
  ];
  assert.equal(limits.size, 64 + 1 + 1000);
  for (const leave of leaves) leave();
  assert.equal(limits.size, 0);
});
