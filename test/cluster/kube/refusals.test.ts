/** A custom resource's schema and CEL rules refuse, and say which field is at fault. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isInvalid, isNotFound, KubeError } from '../../../src/kube/errors.ts';
import type { KubeObject, Resource } from '../../../src/kube/objects.ts';
import { CustomResourceDefinition } from '../../../src/kube/resources.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { type Connected, onEachServer } from './subjects.ts';

interface Widget extends KubeObject {
  spec: { warm: number; max: number };
}

const GROUP = 'kube-test.anweddol.io';

function widgetsOf({ unique }: Connected): Resource<Widget> {
  return { group: GROUP, version: 'v1', plural: `w${unique}s`, kind: `W${unique}`, namespaced: true };
}

function definition({ group, version, plural, kind }: Resource): CustomResourceDefinition {
  const spec = {
    type: 'object',
    required: ['warm', 'max'],
    properties: { warm: { type: 'integer' }, max: { type: 'integer', maximum: 10 } },
    'x-kubernetes-validations': [
      { rule: 'self.warm <= self.max', message: 'no more than max are kept warm', fieldPath: '.warm' },
    ],
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { plural, kind },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  } as CustomResourceDefinition;
}

onEachServer('refusals', (connected) => {
  const widget = (spec: object): Widget => {
    const { kind } = widgetsOf(connected());
    const metadata = { namespace: connected().namespace, name: 'lab' };
    return { apiVersion: `${GROUP}/v1`, kind, metadata, spec } as Widget;
  };

  async function refusal(spec: object): Promise<KubeError> {
    const error: unknown = await connected()
      .client.create(widgetsOf(connected()), widget(spec))
      .then(
        () => assert.fail('it was not refused'),
        (error: unknown) => error,
      );
    assert.ok(error instanceof KubeError && isInvalid(error), String(error));
    return error;
  }

  before(async () => {
    const { client } = connected();
    await client.create(CustomResourceDefinition, definition(widgetsOf(connected())));
    await untilServed(connected());
  });

  after(async () => {
    const { client } = connected();
    await client.delete(CustomResourceDefinition, { name: definition(widgetsOf(connected())).metadata.name });
  });

  test('a CEL rule names its field and tells its message', async () => {
    const { causes, details, reason } = await refusal({ warm: 3, max: 2 });
    assert.equal(reason, 'Invalid');
    assert.deepEqual(
      causes.map(({ field }) => field),
      ['spec.warm'],
    );
    assert.match(causes[0]?.message ?? '', /no more than max are kept warm/);
    assert.deepEqual([details?.name, details?.group], ['lab', GROUP]);
  });

  test('each fault of the schema is a cause of its own', async () => {
    const { causes } = await refusal({ max: 11 });
    assert.deepEqual(causes.map(({ field, reason }) => `${field} ${reason}`).sort(), [
      // The rules that could not be checked, therefore.
      ' FieldValueInvalid',
      'spec.max FieldValueInvalid',
      'spec.warm FieldValueRequired',
    ]);
  });
});

/** The API server says `Established` some time before every request finds the type. */
async function untilServed(connected: Connected): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  for (;;) {
    try {
      return void (await connected.client.list(widgetsOf(connected), {}, { signal }));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await systemClock.sleep(100, signal);
    }
  }
}
