import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';
import { thingDefinition, things } from '../things.ts';

const NEEDED =
  'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';

function watch({ admin, namespace }: World, query: string) {
  return admin.get(`${inNamespace(namespace, 'secrets')}?watch=true&timeoutSeconds=1&${query}`);
}

export const watchRefusals = chapter('watches that are refused', {
  'a watch from a version that is forgotten is told in the stream that it has expired, and ends': async (world) => {
    await thingDefinition(world);
    // A kind that is new has no history before its definition.
    await using stream = await world.admin.watch(`${things(world)}?watch=true&resourceVersion=1`);
    const [error, ...others] = await stream.rest();
    assert.deepEqual([error?.type, error?.object.kind, error?.object.code], ['ERROR', 'Status', 410]);
    assert.equal(error?.object.reason, 'Expired');
    assert.match(error?.object.message, /^too old resource version: 1 \(\d+\)$/);
    assert.deepEqual(others, []);
  },
  'initial events are asked for together with how old they may be': async (world) => {
    assertInvalid(await watch(world, 'sendInitialEvents=true'), NEEDED);
    assertInvalid(await watch(world, 'sendInitialEvents=false'), NEEDED);
    assertInvalid(
      await watch(world, 'sendInitialEvents=true&resourceVersionMatch=Exact'),
      NEEDED,
      'resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"',
    );
  },
  'a watch matches no version without initial events': async (world) => {
    assertInvalid(
      await watch(world, 'resourceVersionMatch=NotOlderThan&resourceVersion=1'),
      'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  },
  'a watch is not continued': async (world) => {
    assertInvalid(
      await watch(world, 'continue=abc'),
      'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided',
    );
  },
  'a watch from what is no version is refused': async (world) => {
    const why = 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax';
    assertRefused(await watch(world, 'resourceVersion=x'), 500, '', why);
  },
  'a watch with a wrong selector is refused before it begins': async (world) => {
    assertRefused(await watch(world, 'labelSelector=%3D'), 400, 'BadRequest', /^found '=', expected/);
    assertRefused(await watch(world, 'fieldSelector=a%3Db'), 400, 'BadRequest', 'field label not supported: a');
  },
});
