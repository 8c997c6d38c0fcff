import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatCidr, ipBlock, mergeCidrs, parseCidr, parseCidrs } from '../../../../src/operator/network/cidr.ts';
import { anyCidr4 } from './networks.ts';

const read = (text: string) => {
  const cidr = parseCidr(text);
  return cidr && formatCidr(cidr);
};

test('networks are written as Kubernetes wants them, without bits beyond the prefix', () => {
  const written = ['10.1.2.3/8', '192.0.2.7', 'FC00::1/7', '::/0', '64:ff9b::/96', '2001:db8:0:0:1::/80'].map(read);
  const wanted = ['10.0.0.0/8', '192.0.2.7/32', 'fc00::/7', '::/0', '64:ff9b::/96', '2001:db8:0:0:1::/80'];
  assert.deepEqual(written, wanted);
});

test('an IPv4 network that is written as one of IPv6 is one of IPv4', () => {
  assert.deepEqual(['::ffff:10.1.0.0/104', '::ffff:0:0/96', '::ffff:a00:1'].map(read), [
    '10.0.0.0/8',
    '0.0.0.0/0',
    '10.0.0.1/32',
  ]);
});

test('what is no network is none', () => {
  for (const text of ['', '10.0.0.0/33', '10.0.0.0/', '::/129', '10.0.0/8', '1.2.3.4/8/8', 'lab']) {
    assert.equal(parseCidr(text), undefined, text);
  }
});

test('networks that lie in others, or are halves of one, are one', () => {
  const merged = mergeCidrs(parseCidrs(['10.0.1.0/24', '10.0.0.7', '10.0.0.0/24', '10.0.2.0/23', 'fc00::/7', '::/0']));
  assert.deepEqual(merged.map(formatCidr), ['10.0.0.0/22', '::/0']);
});

test('nothing is left of a network that is excluded as a whole', () => {
  const [network] = parseCidrs(['10.1.0.0/16']);
  assert.ok(network);
  for (const excluded of [['10.1.0.0/16'], ['0.0.0.0/0'], ['10.1.0.0/17', '10.1.128.0/17']]) {
    assert.equal(ipBlock(network, parseCidrs(excluded)), undefined, excluded.join());
  }
});

test('a block has exactly the addresses of its network that no exception has, and is one the API server takes', () => {
  const address = fc.tuple(fc.constantFrom(10, 11), fc.nat(3), fc.nat(3), fc.nat(255)).map((parts) => parts.join('.'));
  fc.assert(
    fc.property(anyCidr4, fc.array(anyCidr4, { maxLength: 6 }), address, (allowed, excluded, ip) => {
      const [network] = parseCidrs([allowed]);
      assert.ok(network);
      const block = ipBlock(network, parseCidrs(excluded));
      const has = (cidrs: string[]) => {
        const list = new BlockList();
        for (const cidr of cidrs) list.addSubnet(cidr.split('/')[0] ?? '', Number(cidr.split('/')[1]), 'ipv4');
        return list.check(ip);
      };
      const open = block !== undefined && has([block.cidr]) && !has(block.except ?? []);
      assert.equal(open, has([allowed]) && !has(excluded));
      for (const except of block?.except ?? []) {
        assert.ok(Number(except.split('/')[1]) > network.bits && formatCidr(network) === block?.cidr);
        assert.equal(read(except), except);
      }
      assert.equal(new Set(block?.except).size, block?.except?.length ?? 0);
    }),
    { numRuns: 500 },
  );
});
