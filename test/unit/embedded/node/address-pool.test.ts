import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AddressPool } from '../../../../src/embedded/node/address-pool.ts';

test('no address is out twice at a time, and each is one of the pod network', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.999999, noNaN: true }), fc.array(fc.boolean()), (start, steps) => {
      const pool = new AddressPool(start);
      const out: string[] = [];
      for (const takes of steps) {
        if (takes) {
          const address = pool.take();
          assert.ok(!out.includes(address));
          assert.match(address, /^10\.244\.[1-9]\d{0,2}\.[1-9]\d{0,2}$/);
          out.push(address);
        } else {
          const address = out.shift();
          if (address) pool.giveBack(address);
        }
      }
    }),
  );
});

test('an address that was given back is not the next one', () => {
  const pool = new AddressPool(0);
  const first = pool.take();
  pool.giveBack(first);
  assert.notEqual(pool.take(), first);
});
