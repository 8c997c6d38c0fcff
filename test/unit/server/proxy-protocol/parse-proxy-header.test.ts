import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseProxyHeader } from '../../../../src/server/proxy-protocol/parse-proxy-header.ts';
import { ValueError } from '../../../../src/wire/errors.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';

const line = (text: string) => Buffer.from(text, 'latin1');
const isBad = (error: unknown) => error instanceof ValueError && error.code === 'BadProxyHeader';

/** A version 2 header; the length is that of the rest unless it is given. */
function binary(command: number, family: number, rest: Uint8Array = Buffer.alloc(0), length = rest.length): Buffer {
  const fixed = Buffer.from([command, family, length >> 8, length & 255]);
  return Buffer.concat([Buffer.from(SIGNATURE, 'hex'), fixed, rest]);
}

function parsed(bytes: Buffer) {
  const header = parseProxyHeader(bytes);
  return header.state === 'done' ? header : assert.fail(`incomplete, needs ${header.need}`);
}

/** The bytes as a connection brings them: what is known after each, up to the end or the refusal. */
function outcome(bytes: Buffer, cuts: number[] = []) {
  const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  let last: unknown = 'nothing';
  for (const end of ends) {
    try {
      const header = parseProxyHeader(bytes.subarray(0, end));
      if (header.state === 'done') return header;
      assert.ok(header.need > end, 'more is needed than there is');
      last = 'incomplete';
    } catch (error) {
      assert.ok(isBad(error));
      return 'refused';
    }
  }
  return last;
}

const port = fc.nat(65_535);
const address4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join('.'));
/** Not one that holds an IPv4 address: those are told as IPv4. */
const address6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
  bytes[0] = 0x20;
  return bytes;
});
const groups = (bytes: Uint8Array) => (Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? []).join(':');
/** As the URL standard writes it. */
const canonical = (address: string) => new URL(`http://[${address}]`).hostname.slice(1, -1);

const source = fc.oneof(
  fc.record({ family: fc.constant('TCP4' as const), address: address4, port }),
  fc.record({ family: fc.constant('TCP6' as const), address: address6.map(groups), port }),
);
const lines = fc.tuple(source, port).map(([{ family, address, port: from }, to]) => {
  const destination = family === 'TCP4' ? '198.51.100.1' : '2001:DB8::1';
  const expected = { address: family === 'TCP4' ? address : canonical(address), port: from };
  return { bytes: line(`PROXY ${family} ${address} ${destination} ${from} ${to}\r\n`), expected };
});
const binaries = fc
  .tuple(fc.boolean(), address6, port, fc.uint8Array({ maxLength: 200 }))
  .map(([isVersion6, address, from, extensions]) => {
    const size = isVersion6 ? 16 : 4;
    const ports = Buffer.from([from >> 8, from & 255, 0x18, 0x06]);
    const rest = Buffer.concat([address.subarray(0, size), Buffer.alloc(size, 1), ports, extensions]);
    const text = isVersion6 ? canonical(groups(address)) : address.subarray(0, 4).join('.');
    return { bytes: binary(0x21, isVersion6 ? 0x21 : 0x11, rest), expected: { address: text, port: from } };
  });
const headers = fc.oneof(lines, binaries);

test('a well-formed header of either version tells its source, and where the bytes of the client begin', () => {
  fc.assert(
    fc.property(headers, fc.uint8Array({ maxLength: 20 }), ({ bytes, expected }, client) => {
      assert.deepEqual(parseProxyHeader(Buffer.concat([bytes, client])), {
        state: 'done',
        length: bytes.length,
        source: expected,
      });
    }),
  );
});

test('every beginning of a well-formed header is incomplete, and needs no more than the header has', () => {
  fc.assert(
    fc.property(headers, ({ bytes }) => {
      for (let end = 0; end < bytes.length; end += 1) {
        const header = parseProxyHeader(bytes.subarray(0, end));
        assert.equal(header.state, 'incomplete');
        assert.ok(header.state === 'incomplete' && header.need > end && header.need <= bytes.length);
      }
    }),
    { numRuns: 50 },
  );
});

test('the way the bytes are split makes no difference', () => {
  const mutated = fc
    .tuple(headers, fc.nat(), fc.nat(255))
    .map(([{ bytes }, at, byte]) => Buffer.from(bytes.with(at % bytes.length, byte)));
  const whole = fc.oneof(
    headers.map(({ bytes }) => bytes),
    mutated,
  );
  fc.assert(
    fc.property(whole, fc.array(fc.nat(120), { maxLength: 10 }), (bytes, cuts) => {
      assert.deepEqual(outcome(bytes, cuts), outcome(bytes));
    }),
    { numRuns: 1_000 },
  );
});

test('any bytes are incomplete, a header or refused as a bad header, and nothing else', () => {
  const prefixes = ['', SIGNATURE, `${SIGNATURE}21`, `${SIGNATURE}2111`, line('PROXY TCP6 ').toString('hex')];
  const anything = fc
    .tuple(fc.constantFrom(...prefixes), fc.uint8Array({ maxLength: 150 }))
    .map(([prefix, rest]) => Buffer.concat([Buffer.from(prefix, 'hex'), rest]));
  const outcomes = new Set<string>();
  fc.assert(
    fc.property(anything, (bytes) => {
      const result = outcome(bytes);
      outcomes.add(typeof result === 'string' ? result : 'done');
    }),
    { numRuns: 2_000 },
  );
  assert.ok(outcomes.has('refused') && outcomes.has('incomplete'));
});

test('the beginnings of all forms of an IPv6 address are taken', () => {
  for (const address of ['::', '::1', '1::', '1::8', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', '::ffff:255.255.255.255']) {
    const bytes = line(`PROXY TCP6 ${address} 1:2:3:4:5:6:7:8 0 65535\r\n`);
    for (let end = 0; end < bytes.length; end += 1)
      assert.equal(parseProxyHeader(bytes.subarray(0, end)).state, 'incomplete');
    assert.equal(parsed(bytes).length, bytes.length);
  }
});

test('an IPv4 address in an IPv6 header is told as IPv4', () => {
  const mapped = Buffer.from('00000000000000000000ffffc0000207', 'hex');
  const rest = Buffer.concat([mapped, mapped, Buffer.from([0, 7, 0, 8])]);
  assert.deepEqual(parsed(binary(0x21, 0x21, rest)).source, { address: '192.0.2.7', port: 7 });
  assert.deepEqual(parsed(line('PROXY TCP6 ::ffff:c000:207 ::1 7 8\r\n')).source, { address: '192.0.2.7', port: 7 });
});

test('a proxy that does not tell gives no source', () => {
  const unix = Buffer.alloc(216);
  const untold: Buffer[] = [
    line('PROXY UNKNOWN\r\n'),
    line('PROXY UNKNOWN ffff::1 \xff\r\n'),
    binary(0x20, 0x00),
    binary(0x20, 0x11, Buffer.alloc(12)),
    binary(0x20, 0xff, Buffer.alloc(3)),
    binary(0x21, 0x00, Buffer.alloc(5)),
    binary(0x21, 0x12, Buffer.alloc(12)),
    binary(0x21, 0x22, Buffer.alloc(36)),
    binary(0x21, 0x31, unix),
    binary(0x21, 0x10),
  ];
  for (const bytes of untold) {
    assert.deepEqual(parsed(bytes), { state: 'done', length: bytes.length, source: undefined });
  }
});

test('a version 1 line has at most 107 bytes', () => {
  const longest = `PROXY UNKNOWN ${'x'.repeat(91)}\r\n`;
  assert.equal(parsed(line(longest)).length, 107);
  assert.deepEqual(parseProxyHeader(line(longest.slice(0, -2))), { state: 'incomplete', need: 107 });
  assert.deepEqual(parseProxyHeader(line(longest.slice(0, -1))), { state: 'incomplete', need: 107 });
  assert.throws(() => parseProxyHeader(line(`PROXY UNKNOWN ${'x'.repeat(92)}`)), isBad);
  assert.throws(() => parseProxyHeader(line(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`)), isBad);
  assert.throws(() => parseProxyHeader(line(`PROXY UNKNOWN ${'x'.repeat(5_000)}`)), isBad);
});

test('a version 2 header may claim 2,048 bytes and no more', () => {
  assert.deepEqual(parseProxyHeader(binary(0x21, 0x11, undefined, 2_048)), { state: 'incomplete', need: 2_064 });
  assert.equal(parsed(binary(0x20, 0x00, Buffer.alloc(2_048))).length, 2_064);
  assert.throws(() => parseProxyHeader(binary(0x21, 0x11, undefined, 2_049)), isBad);
  assert.throws(() => parseProxyHeader(binary(0x21, 0x11, undefined, 0x900).subarray(0, 15)), isBad);
});

test('a header is refused at the first byte that cannot be in it', () => {
  const wrong: [string, number][] = [
    ['X', 1],
    ['\x16\x03\x01', 1],
    ['800=====', 1],
    ['PROXI', 5],
    ['PROXY  ', 7],
    ['PROXY UDP', 8],
    ['PROXY TCP5', 10],
    ['PROXY UNKNOWNX', 14],
    ['PROXY UNKNOWN \n', 15],
    ['PROXY UNKNO\r', 12],
    ['PROXY TCP4\r', 11],
    ['PROXY TCP4 256', 14],
    ['PROXY TCP4 01', 13],
    ['PROXY TCP4 1..', 14],
    ['PROXY TCP4 1.2.3.4.', 19],
    ['PROXY TCP4 1.2.3 ', 17],
    ['PROXY TCP4 ::', 12],
    ['PROXY TCP4 1.2.3.4  ', 20],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 00', 29],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 65536', 32],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 +', 30],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 2 ', 31],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 \r', 30],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1\r', 29],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n', 31],
    ['PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rx', 32],
    ['PROXY TCP6 1.2', 13],
    ['PROXY TCP6 12345', 16],
    ['PROXY TCP6 1::2::', 17],
    ['PROXY TCP6 fe80::1%', 19],
    ['PROXY TCP6 g', 12],
    ['\r\n\r\n\0\r\nQUIX', 11],
    ['\r\n\r\n\0\r\nQUIT\n\x11', 13],
    ['\r\n\r\n\0\r\nQUIT\n\x22', 13],
    ['\r\n\r\n\0\r\nQUIT\n\x21\x41', 14],
    ['\r\n\r\n\0\r\nQUIT\n\x21\x13', 14],
    ['\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0b', 16],
    ['\r\n\r\n\0\r\nQUIT\n\x21\x21\x00\x23', 16],
  ];
  for (const [text, length] of wrong) {
    const name = JSON.stringify(text);
    assert.equal(parseProxyHeader(line(text.slice(0, length - 1))).state, 'incomplete', name);
    assert.throws(() => parseProxyHeader(line(text.slice(0, length))), isBad, name);
    assert.throws(() => parseProxyHeader(line(text)), isBad, name);
  }
});
