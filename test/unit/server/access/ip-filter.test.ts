import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCidrs } from '../../../../src/server/access/cidr-list.ts';
import { createIpFilter } from '../../../../src/server/access/ip-filter.ts';
import { ValueError } from '../../../../src/wire/errors.ts';

const allowed = (allow: string[], deny: string[], addresses: string[]) => {
  const filter = createIpFilter({ allow, deny });
  return addresses.filter((address) => filter.allows(address));
};

test('a filter without entries allows everybody, even who has no address', () => {
  assert.deepEqual(allowed([], [], ['192.0.2.7', '2001:db8::7', '']), ['192.0.2.7', '2001:db8::7', '']);
});

test('an allow list allows what it covers and nothing else', () => {
  const addresses = ['10.255.0.1', '11.0.0.1', '192.0.2.7', '192.0.2.8', '2001:db8:1::1', '2001:db9::1', '::7', '::8'];
  assert.deepEqual(allowed(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::7'], [], addresses), [
    '10.255.0.1',
    '192.0.2.7',
    '2001:db8:1::1',
    '::7',
  ]);
});

test('a deny list alone allows all that it does not cover', () => {
  assert.deepEqual(allowed([], ['10.0.0.0/8', '::1'], ['10.1.2.3', '11.1.2.3', '::1', '::2']), ['11.1.2.3', '::2']);
});

test('deny wins, however much narrower the allowing entry is', () => {
  assert.deepEqual(allowed(['10.0.0.0/8'], ['10.9.0.0/16'], ['10.8.0.1', '10.9.0.1']), ['10.8.0.1']);
  assert.deepEqual(allowed(['10.9.0.1'], ['10.0.0.0/8'], ['10.9.0.1']), []);
});

test('an IPv4 address is the same in every form that IPv6 has for it', () => {
  const forms = ['10.0.0.1', '::ffff:10.0.0.1', '::FFFF:10.0.0.1', '::ffff:a00:1', '0:0:0:0:0:ffff:0a00:0001'];
  for (const rule of [...forms, '10.0.0.0/8', '::ffff:10.0.0.0/104', '::ffff:a00:0/104']) {
    assert.deepEqual(allowed([rule], [], [...forms, '11.0.0.1', '::ffff:b00:1']), forms, `${rule} allows`);
    assert.deepEqual(allowed([], [rule], [...forms, '11.0.0.1']), ['11.0.0.1'], `${rule} denies`);
  }
});

test('all of IPv6 holds no IPv4 address, and all of IPv4 no IPv6 address', () => {
  const addresses = ['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::7', '::'];
  assert.deepEqual(allowed(['::/0'], [], addresses), ['2001:db8::7', '::']);
  assert.deepEqual(allowed(['0.0.0.0/0'], [], addresses), ['192.0.2.7', '::ffff:192.0.2.7']);
  assert.deepEqual(allowed(['::ffff:0:0/96'], [], addresses), ['192.0.2.7', '::ffff:192.0.2.7']);
});

test('a zone does not hide an address from its rule', () => {
  assert.deepEqual(allowed([], ['fe80::/10'], ['fe80::1', 'fe80::1%eth0', '2001:db8::1']), ['2001:db8::1']);
});

test('what is no address is not allowed as soon as there is a rule', () => {
  const none = ['', 'localhost', '10.0.0.1 ', '010.0.0.1', '10.0.0', '10.0.0.1/8', '::ffff:10.0.0.256', '[::1]'];
  assert.deepEqual(allowed(['0.0.0.0/0', '::/0'], [], none), []);
  assert.deepEqual(allowed([], ['192.0.2.7'], none), []);
});

test('host bits of a CIDR do not matter', () => {
  assert.deepEqual(allowed(['10.1.2.3/8'], [], ['10.9.9.9', '11.1.2.3']), ['10.9.9.9']);
});

test('an entry that is neither an address nor a CIDR is refused, by list, index and value', () => {
  const wrong = [
    '',
    ' ',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10/8',
  ];
  wrong.push('::/129', '::ffff:10.0.0.0/95', '::ffff:10.0.0.0/129', 'fe80::1%eth0', '010.0.0.1', '10.0.0.1\n', ' ::1');
  for (const value of wrong) {
    assert.throws(
      () => createIpFilter({ allow: [], deny: ['::1', value] }),
      (error: unknown) =>
        error instanceof ValueError &&
        error.code === 'BadCidr' &&
        error.message.startsWith(
          `deny[1]: ${JSON.stringify(value)} is not an address (192.0.2.7, 2001:db8::7) or a CIDR`,
        ),
      value,
    );
  }
  assert.throws(
    () => parseCidrs('trustedProxies', ['x'.repeat(1_000)]),
    /^ValueError: trustedProxies\[0\]: "x{64}" is/,
  );
});

test('a CIDR covers just the addresses that begin with its bits', () => {
  const number = fc.nat(2 ** 32 - 1);
  const text = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
  fc.assert(
    fc.property(number, number, fc.nat(32), fc.boolean(), (network, other, bits, isNear) => {
      const address = isNear ? (network ^ (other >>> bits)) >>> 0 : other;
      const prefix = (value: number) => value.toString(2).padStart(32, '0').slice(0, bits);
      const list = parseCidrs('allow', [`${text(network)}/${bits}`]);
      const mapped = `::ffff:${(address >>> 16).toString(16)}:${(address & 65_535).toString(16)}`;
      assert.equal(list.includes(text(address)), prefix(network) === prefix(address));
      assert.equal(list.includes(mapped), prefix(network) === prefix(address));
    }),
  );
});
