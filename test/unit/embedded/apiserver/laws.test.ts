import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compare } from '../../../../src/embedded/apiserver/apply/compare.ts';
import { fieldSet } from '../../../../src/embedded/apiserver/apply/field-set.ts';
import type { Managers } from '../../../../src/embedded/apiserver/apply/managers.ts';
import { merge } from '../../../../src/embedded/apiserver/apply/merge.ts';
import { applyConfiguration } from '../../../../src/embedded/apiserver/apply/ownership.ts';
import { decodeSet, encodeSet } from '../../../../src/embedded/apiserver/apply/path-set.ts';
import { clone, equal, type JsonObject } from '../../../../src/embedded/apiserver/base/json.ts';
import { applyMergePatch } from '../../../../src/embedded/apiserver/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../../../src/embedded/apiserver/patch/strategic-merge.ts';
import { fillDefaults } from '../../../../src/embedded/apiserver/schema/defaults.ts';
import { prune } from '../../../../src/embedded/apiserver/schema/prune.ts';
import { ANYTHING, type Schema } from '../../../../src/embedded/apiserver/schema/schema.ts';
import { matchesLabels, parseLabelSelector } from '../../../../src/embedded/apiserver/selectors/label-selector.ts';
import { parseJsonPath } from '../../../../src/embedded/apiserver/tables/json-path.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    text: { type: 'string', default: 'd' },
    map: { type: 'object', additionalProperties: { type: 'string' } },
    set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    list: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'atomic' },
    keyed: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
      items: { type: 'object', properties: { name: { type: 'string' }, value: { type: 'string' } } },
    },
    nested: { type: 'object', default: {}, properties: { deep: { type: 'string', default: 'x' } } },
  },
};
const word = fc.constantFrom('a', 'b', 'c', 'd');
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const config: fc.Arbitrary<JsonObject> = fc
  .record({
    text: optional(word),
    map: optional(fc.dictionary(word, word, { minKeys: 1 })),
    set: optional(fc.uniqueArray(word, { minLength: 1 })),
    list: optional(fc.array(word)),
    keyed: optional(
      fc.uniqueArray(fc.record({ name: word, value: word }), { selector: ({ name }) => name, minLength: 1 }),
    ),
    nested: optional(fc.record({ deep: word })),
  })
  .map((object) => clone(object) as JsonObject);

function apply(live: JsonObject, object: JsonObject, managers: Managers, manager: string) {
  const writer = { manager, operation: 'Apply', apiVersion: 't.io/v1' } as const;
  return applyConfiguration(live, object, managers, { schema, writer, time: 't', isIgnored: () => false, force: true });
}

describe('laws', () => {
  test('applying twice is applying once', () => {
    fc.assert(
      fc.property(config, config, (live, object) => {
        const once = apply(live, object, new Map(), 'one');
        const twice = apply(once.object, object, once.managers, 'one');
        assert.deepEqual(twice.object, once.object);
        assert.deepEqual(twice.managers, once.managers);
      }),
    );
  });

  test('what an applier sets is there afterwards', () => {
    fc.assert(
      fc.property(config, config, (live, object) => {
        const { object: result } = apply(live, object, new Map(), 'one');
        assert.deepEqual(merge(result, object, schema), result);
      }),
    );
  });

  test('an applier that lets go of everything leaves what the other set', () => {
    fc.assert(
      fc.property(config, config, (mine, theirs) => {
        const first = apply({}, theirs, new Map(), 'other');
        const second = apply(first.object, mine, first.managers, 'one');
        const third = apply(second.object, {}, second.managers, 'one');
        const owned = third.managers.get([...third.managers.keys()].find((key) => key.includes('other')) ?? '')?.set;
        const there = encodeSet(fieldSet(third.object, schema));
        if (owned) assert.ok(isWithin(encodeSet(owned), there), JSON.stringify([encodeSet(owned), there]));
      }),
    );
  });

  test('a set of fields survives being written down', () => {
    fc.assert(
      fc.property(config, (object) => {
        const encoded = encodeSet(fieldSet(object, schema));
        assert.deepEqual(encodeSet(decodeSet(encoded)), encoded);
      }),
    );
  });

  test('objects differ exactly when the comparison finds something', () => {
    fc.assert(
      fc.property(config, config, (left, right) => {
        const { added, removed, modified } = compare(left, right, schema);
        const found = [added, removed, modified].some((set) => Object.keys(encodeSet(set)).length > 0);
        const isReordered = !found && !equal(left, right);
        assert.ok(found || equal(left, right) || isReordered);
        if (equal(left, right)) assert.equal(found, false);
      }),
    );
  });

  test('pruning and filling in are done when done once', () => {
    fc.assert(
      fc.property(
        fc.object({ key: fc.constantFrom('text', 'map', 'keyed', 'nested', 'deep', 'zork'), maxDepth: 3 }),
        (object) => {
          const input = JSON.parse(JSON.stringify(object)) as JsonObject;
          const { object: once } = prune(input, schema, ANYTHING);
          assert.deepEqual(prune(once, schema, ANYTHING), { object: once, unknown: [] });
          const filled = clone(once);
          fillDefaults(filled, schema);
          const again = clone(filled);
          fillDefaults(again, schema);
          assert.deepEqual(again, filled);
        },
      ),
    );
  });

  test('a strategic merge patch applied twice is one applied once', () => {
    fc.assert(
      fc.property(config, config, (object, patch) => {
        const once = applyStrategicMergePatch(object, patch, schema);
        assert.deepEqual(applyStrategicMergePatch(once, patch, schema), once);
      }),
    );
  });

  test('a merge patch of an object onto nothing is the object', () => {
    fc.assert(fc.property(config, (object) => assert.deepEqual(applyMergePatch({}, object), object)));
  });

  test('a selector made of labels selects them', () => {
    const labels = fc.dictionary(fc.constantFrom('a', 'b.io/c', 'd-e'), fc.constantFrom('', 'x', 'y-z'), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(labels, (given) => {
        const text = Object.entries(given)
          .map(([key, value]) => `${key}=${value}`)
          .join(',');
        assert.ok(matchesLabels(parseLabelSelector(text), { ...given, more: '1' }));
        const [key = ''] = Object.keys(given);
        assert.ok(!matchesLabels(parseLabelSelector(`!${key}`), given));
        assert.ok(matchesLabels(parseLabelSelector(`${key},${key} notin (q, r)`), given));
      }),
    );
  });

  for (const bad of ['a b', 'a in b', 'a==b==c', '=x', 'a in (b', 'a>x']) {
    test(`"${bad}" is no selector`, () => {
      assert.throws(() => parseLabelSelector(bad), { code: 400 });
    });
  }

  test('JSON paths find members, items and what a filter lets through', () => {
    const object = {
      a: { 'b.c': [1, 2] },
      list: [
        { type: 'x', v: 1 },
        { type: 'y', v: 2 },
      ],
    };
    const find = (path: string) => parseJsonPath(path)(object);
    assert.deepEqual(find(".a['b.c'][0]"), [1]);
    assert.deepEqual(find('.list[?(@.type=="y")].v'), [2]);
    assert.deepEqual(find('.list[*].v'), [1, 2]);
    assert.deepEqual(find('.a.none'), []);
    assert.deepEqual(find('.a[['), []);
  });
});

function isWithin(part: JsonObject, whole: JsonObject): boolean {
  return Object.entries(part).every(
    ([key, below]) =>
      key === '.' || (whole[key] !== undefined && isWithin(below as JsonObject, whole[key] as JsonObject)),
  );
}
