import assert from 'node:assert/strict';
import { botWith } from '../accounts.ts';
import type { ApiCaller } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refusal.ts';

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const POLICIES = `${GROUP}/validatingadmissionpolicies`;
const BINDINGS = `${GROUP}/validatingadmissionpolicybindings`;

const WRITES = ['CREATE', 'UPDATE', 'DELETE'];
const ABOUT_CONFIG_MAPS = {
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: WRITES, resources: ['configmaps'] }],
};

/** A ConfigMap that the policies of {@link policy} refuse whatever they say beside it. */
const PROBE = 'probe';

function manifest(name: string, spec: object) {
  return { metadata: { name }, spec: { matchConstraints: ABOUT_CONFIG_MAPS, ...spec } };
}

function binding({ unique, namespace }: World, spec: object = {}) {
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  const all = { policyName: unique, validationActions: ['Deny'], matchResources: { namespaceSelector }, ...spec };
  return { metadata: { name: unique }, spec: all };
}

/** A policy about the ConfigMaps of the namespace. Resolves when it is in force. */
async function policy(world: World, spec: { validations: object[] }, bound: object = {}): Promise<void> {
  const { admin, unique, cleanUp, eventually } = world;
  const message = 'the probe is refused';
  const validations = [{ expression: `object == null || object.metadata.name != '${PROBE}'`, message }];
  const made = await admin.post(
    POLICIES,
    manifest(unique, { ...spec, validations: [...validations, ...spec.validations] }),
  );
  assert.equal(made.code, 201, JSON.stringify(made.body));
  cleanUp(() => admin.delete(`${POLICIES}/${unique}`));
  const tied = await admin.post(BINDINGS, binding(world, bound));
  assert.equal(tied.code, 201, JSON.stringify(tied.body));
  cleanUp(() => admin.delete(`${BINDINGS}/${unique}`));
  await eventually(async () => {
    const { body, headers } = await post(world, PROBE, {}, { query: '?dryRun=All' });
    assert.match(JSON.stringify([body, headers.warning]), new RegExp(message));
  });
}

function post(
  world: World,
  name: string,
  more: object = {},
  { query = '', as = world.admin }: { query?: string; as?: ApiCaller } = {},
) {
  return as.post(`${inNamespace(world.namespace, 'configmaps')}${query}`, { metadata: { name }, ...more });
}

const deniedBy = ({ unique }: World, message: string) =>
  `ValidatingAdmissionPolicy '${unique}' with binding '${unique}' denied request: ${message}`;

const BAD_DATA = { expression: "!has(object.data) || !('bad' in object.data)", message: 'bad is not good' };

export const admissionPolicies = chapter('ValidatingAdmissionPolicies', {
  'a bound policy refuses what breaks its rules, and says which': async (world) => {
    await policy(world, { validations: [BAD_DATA] });
    const refused = await post(world, 'one', { data: { bad: 'x' } });
    const message = deniedBy(world, 'bad is not good');
    assertRefused(refused, 422, 'Invalid', `configmaps "one" is forbidden: ${message}`);
    assert.deepEqual(refused.body.details, { name: 'one', kind: 'configmaps', causes: [{ message }] });
    assert.equal((await post(world, 'one', { data: { good: 'x' } })).code, 201);
  },
  'a policy may have words and a reason for each case': async (world) => {
    const expression = '!has(object.data)';
    const messageExpression = "'not ' + object.data.filter(key, key != 'a').join(', ')";
    await policy(world, { validations: [{ expression, messageExpression, reason: 'Forbidden' }] });
    const refused = await post(world, 'one', { data: { b: 'x' } });
    assertRefused(refused, 403, 'Forbidden', `configmaps "one" is forbidden: ${deniedBy(world, 'not b')}`);
  },
  'a rule without words is told itself': async (world) => {
    await policy(world, { validations: [{ expression: 'has(object.data)' }] });
    assertRefused(await post(world, 'one'), 422, 'Invalid', /denied request: failed expression: has\(object\.data\)$/);
  },
  'a policy is asked about changes and ends as well, and sees what there was': async (world) => {
    const expression = [
      "request.operation == 'CREATE' || !('kept' in oldObject.data)",
      "(request.operation == 'UPDATE' && object.data.kept == oldObject.data.kept)",
    ].join(' || ');
    await policy(world, { validations: [{ expression, message: 'kept is kept' }] });
    const path = `${inNamespace(world.namespace, 'configmaps')}/one`;
    await post(world, 'one', { data: { kept: '1', free: '1' } });
    assert.equal((await world.admin.mergePatch(path, { data: { free: '2' } })).code, 200);
    assertRefused(await world.admin.mergePatch(path, { data: { kept: '2' } }), 422, 'Invalid', /kept is kept$/);
    assertRefused(await world.admin.delete(path), 422, 'Invalid', /kept is kept$/);
  },
  'a policy may compute values first, from those before': async (world) => {
    const variables = [
      { name: 'data', expression: 'object.?data.orValue({})' },
      { name: 'long', expression: 'variables.data.filter(key, variables.data[key].size() > 3)' },
    ];
    const rule = {
      expression: 'variables.long.size() == 0',
      messageExpression: "'too long: ' + variables.long.join(', ')",
    };
    await policy(world, { variables, validations: [rule] } as { validations: object[] });
    assertRefused(await post(world, 'one', { data: { a: 'xxxx' } }), 422, 'Invalid', /too long: a$/);
    assert.equal((await post(world, 'one', { data: { a: 'xxx' } })).code, 201);
  },
  'a policy knows who asks, and what he may': async (world) => {
    const may = (verb: string, name: string) =>
      `authorizer.group('anweddol.io').resource('anweddolservers').namespace(request.namespace).name('${name}').check('${verb}').allowed()`;
    const { namespace } = world;
    const isBot = `request.userInfo.username == 'system:serviceaccount:' + request.namespace + ':bot'`;
    const matchConditions = [
      {
        name: 'who',
        expression: `object.metadata.name == '${PROBE}' || (${isBot} && ${may('serve', 'lab')} && !${may('get', 'lab')})`,
      },
    ];
    const never = {
      expression: `!${may('serve', 'lab')} || object.metadata.name == 'no'`,
      message: 'not the likes of you',
    };
    const creates = { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] };
    const serves = {
      apiGroups: ['anweddol.io'],
      resources: ['anweddolservers'],
      resourceNames: ['lab'],
      verbs: ['serve'],
    };
    const as = await botWith({ ...world, namespace }, creates, serves);
    await policy(world, { matchConditions, validations: [never] } as { validations: object[] });
    assertRefused(await post(world, 'one', {}, { as }), 422, 'Invalid', /not the likes of you$/);
    assert.equal((await post(world, 'one')).code, 201);
  },
  'what a rule can’t compute is refused, unless the policy lets it pass': async (world) => {
    const validations = [{ expression: "object.data.there == 'x'" }];
    await policy(world, { validations });
    assertRefused(
      await post(world, 'one', { data: {} }),
      422,
      'Invalid',
      /denied request: expression 'object\.data\.there == 'x'' resulted in error: no such key: (data|there)$/,
    );
  },
  'a policy that fails open lets pass what it can’t compute': async (world) => {
    const spec = { failurePolicy: 'Ignore', validations: [{ expression: "object.data.there == 'x'" }] };
    await policy(world, spec);
    assert.equal((await post(world, 'one', { data: {} })).code, 201);
    assert.equal((await post(world, 'two', { data: { there: 'y' } })).code, 422);
  },
  'a condition that does not hold lifts a policy, whatever another one can’t compute': async (world) => {
    const matchConditions = [
      { name: 'broken', expression: `object.metadata.name == '${PROBE}' || object.data.there == 'x'` },
      { name: 'named', expression: "object.metadata.name != 'free'" },
    ];
    await policy(world, { matchConditions, validations: [BAD_DATA] } as { validations: object[] });
    assert.equal((await post(world, 'free')).code, 201);
    assertRefused(await post(world, 'one'), 422, 'Invalid', /resulted in error: no such key/);
  },
  'a policy may warn only': async (world) => {
    await policy(world, { validations: [BAD_DATA] }, { validationActions: ['Warn'] });
    const { code, headers } = await post(world, 'one', { data: { bad: 'x' } });
    assert.equal(code, 201);
    const { unique } = world;
    const failed = `Validation failed for ValidatingAdmissionPolicy '${unique}' with binding '${unique}': bad is not good`;
    assert.ok(String(headers.warning).includes(failed), String(headers.warning));
  },
  'a policy is about the namespaces that its binding selects': async (world) => {
    await policy(world, { validations: [BAD_DATA] });
    const elsewhere = inNamespace('default', 'configmaps');
    const made = await world.admin.post(elsewhere, { metadata: { name: world.unique }, data: { bad: 'x' } });
    world.cleanUp(() => world.admin.delete(`${elsewhere}/${world.unique}`));
    assert.equal(made.code, 201);
  },
  'a policy may take parameters from an object that its binding names': async (world) => {
    const { unique, admin, namespace, eventually } = world;
    await admin.post(inNamespace(namespace, 'configmaps'), { metadata: { name: 'limits' }, data: { most: '1' } });
    const message = 'too many';
    const spec = {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      validations: [{ expression: '!has(object.data) || object.data.size() <= int(params.data.most)', message }],
    };
    const paramRef = { name: 'limits', namespace, parameterNotFoundAction: 'Deny' };
    const made = await admin.post(POLICIES, manifest(unique, spec));
    assert.equal(made.code, 201);
    world.cleanUp(() => admin.delete(`${POLICIES}/${unique}`));
    await admin.post(BINDINGS, binding(world, { paramRef }));
    world.cleanUp(() => admin.delete(`${BINDINGS}/${unique}`));
    await eventually(async () => {
      const refused = await post(world, 'one', { data: { a: '1', b: '2' } }, { query: '?dryRun=All' });
      assertRefused(refused, 422, 'Invalid', /too many$/);
    });
    assert.equal((await post(world, 'one', { data: { a: '1' } })).code, 201);
  },
  'a policy without a binding says nothing': async (world) => {
    const { admin, unique, cleanUp } = world;
    const expression = "object.metadata.name != 'unbound'";
    await admin.post(POLICIES, manifest(unique, { validations: [{ expression }] }));
    cleanUp(() => admin.delete(`${POLICIES}/${unique}`));
    assert.equal((await post(world, 'unbound')).code, 201);
  },
  'a policy and its binding say more than they were given': async ({ admin, unique, cleanUp }) => {
    const { body } = await admin.post(POLICIES, manifest(unique, { validations: [{ expression: 'true' }] }));
    cleanUp(() => admin.delete(`${POLICIES}/${unique}`));
    const [rule] = ABOUT_CONFIG_MAPS.resourceRules;
    assert.deepEqual(body.spec, {
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        resourceRules: [{ ...rule, scope: '*' }],
      },
      validations: [{ expression: 'true' }],
    });
    assert.equal(body.metadata.generation, 1);
    const spec = { policyName: unique, validationActions: ['Deny'] };
    const bound = await admin.post(BINDINGS, { metadata: { name: unique }, spec });
    cleanUp(() => admin.delete(`${BINDINGS}/${unique}`));
    assert.deepEqual(bound.body.spec, spec);
  },
  'a policy that can’t be understood is refused': async ({ admin, unique }) => {
    const spec = {
      matchConditions: [{ name: 'a', expression: 'nothing.there' }],
      validations: [{ expression: "'text'" }, { expression: 'true', messageExpression: '1' }],
    };
    assertInvalid(await admin.post(POLICIES, manifest(unique, spec)), {
      'spec.matchConditions[0].expression': /compilation failed: ERROR: <input>:1:1: undeclared reference to 'nothing'/,
      'spec.validations[0].expression': /must evaluate to bool/,
      'spec.validations[1].messageExpression': /must evaluate to string/,
    });
    const empty = { metadata: { name: unique }, spec: {} };
    assertInvalid(await admin.post(POLICIES, empty), {
      'spec.matchConstraints': 'Required value',
      'spec.validations': 'Required value: validations or auditAnnotations must contain at least one item',
      'spec.auditAnnotations': 'Required value: validations or auditAnnotations must contain at least one item',
    });
    assertInvalid(await admin.post(BINDINGS, empty), {
      'spec.policyName': 'Required value',
      'spec.validationActions': 'Required value: at least one validation action is required',
    });
  },
});
