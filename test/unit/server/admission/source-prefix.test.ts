import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sourcePrefixes } from '../../../../src/server/admission/source-prefix.ts';

test('an IPv4 source is its /32 and its /24', () => {
  assert.deepEqual(sourcePrefixes('192.0.2.7'), { address: '192.0.2.7/32', network: '192.0.2.0/24' });
});

test('an IPv6 source is its /64, and no wider one', () => {
  const prefix = '2001:db8:1:2::/64';
  assert.deepEqual(sourcePrefixes('2001:db8:1:2:3:4:5:6'), { address: prefix, network: prefix });
});

const spellings: [string, string[]][] = [
  ['192.0.2.7/32', ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:207', '0:0:0:0:0:ffff:192.0.2.7']],
  ['2001:db8:0:0::/64', ['2001:db8::1', '2001:0DB8:0::8:7:6:5', '2001:db8:0:0:1:1:1:1', '2001:db8::192.0.2.7']],
  ['1:0:0:3::/64', ['1::3:4:5:6:7', '1:0:0:3:4:5:6:7']],
  ['fe80:0:0:0::/64', ['fe80::1', 'fe80::1%eth0', 'fe80:0:0::2%1']],
  ['0:0:0:0::/64', ['::', '::1', '0::0', '::192.0.2.7', '0:0:0:0:ffff:0:c000:207']],
  ['1:2:3:4::/64', ['1:2:3:4::', '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:192.0.2.7']],
];
for (const [prefix, addresses] of spellings) {
  test(`every spelling of an address in ${prefix} gives that prefix`, () => {
    assert.deepEqual(
      addresses.map((address) => sourcePrefixes(address).address),
      addresses.map(() => prefix),
    );
  });
}

test('two IPv6 addresses have the same prefix exactly when their first 64 bits are the same', () => {
  // Few values, so that runs of zeros and equal halves are frequent.
  const half = fc.array(fc.constantFrom(0, 1, 0xffff, 0xa0), { minLength: 4, maxLength: 4 });
  const text = (groups: number[]) => groups.map((group) => group.toString(16)).join(':');
  fc.assert(
    fc.property(half, half, half, half, (one, other, host, guest) => {
      // 0:0:0:0 may begin an IPv4 address.
      fc.pre(one.some(Boolean) && other.some(Boolean));
      const same = text(one) === text(other);
      const [first, second] = [text([...one, ...host]), text([...other, ...guest])].map(sourcePrefixes);
      assert.equal(first?.address === second?.address, same);
    }),
  );
});

test('what is no address is a source of its own', () => {
  for (const text of ['', 'unknown', '192.0.2', '1.2.3.4.5', '[::1]']) {
    assert.deepEqual(sourcePrefixes(text), { address: text, network: text });
  }
});
