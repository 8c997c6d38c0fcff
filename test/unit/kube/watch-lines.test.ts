import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { lines } from '../../../src/kube/watch-lines.ts';
import { collect } from '../../support/collect.ts';

async function* inChunks(bytes: Uint8Array, cuts: number[]): AsyncGenerator<Uint8Array> {
  const borders = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  for (const [index, border] of borders.entries()) yield bytes.subarray(borders[index - 1] ?? 0, border);
}

function read(text: string | Uint8Array, cuts: number[] = [], maxLineBytes?: number): Promise<string[]> {
  return collect(lines(inChunks(Buffer.from(text), cuts), maxLineBytes));
}

const documents = fc.array(fc.string({ unit: 'binary', minLength: 1 }).map((text) => JSON.stringify({ text })));

test('lines come out as they went in, wherever the chunks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(documents, fc.array(fc.nat()), async (documents, cuts) => {
      assert.deepEqual(await read(documents.map((line) => `${line}\n`).join(''), cuts), documents);
    }),
  );
});

test('a stream that ends within a line throws, wherever it ends', async () => {
  await fc.assert(
    fc.asyncProperty(documents, fc.nat(), fc.array(fc.nat()), async (documents, end, cuts) => {
      const bytes = Buffer.from(documents.map((line) => `${line}\n`).join(''));
      const part = bytes.subarray(0, end % (bytes.length + 1));
      const isWhole = part.length === 0 || part.at(-1) === 0x0a;
      if (isWhole) assert.ok(await read(part, cuts));
      else await assert.rejects(read(part, cuts), { reason: 'InvalidAnswer' });
    }),
  );
});

test('empty lines are left out', async () => {
  assert.deepEqual(await read('\n{}\n\r\n{}\n'), ['{}', '{}']);
});

test('a line above the cap throws before it is complete', async () => {
  const endless = (async function* () {
    for (;;) yield Buffer.alloc(100, 'x');
  })();
  await assert.rejects(collect(lines(endless, 1000)), { message: /longer than 1000 bytes/ });
  assert.deepEqual(await read(`${'x'.repeat(1000)}\n`, [], 1000), ['x'.repeat(1000)]);
  await assert.rejects(read(`${'x'.repeat(1001)}\n`, [], 1000), { reason: 'InvalidAnswer' });
});

test('bytes that are no UTF-8 throw', async () => {
  await assert.rejects(read(Buffer.from([0x22, 0xc3, 0x22, 0x0a])), { reason: 'InvalidAnswer', message: /no UTF-8/ });
});
