import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace, pod } from '../manifests.ts';
import { assertRefused } from '../refused.ts';

async function selected({ admin }: World, path: string, parameter: string, selector: string): Promise<string[]> {
  const { code, body } = await admin.get(`${path}?${parameter}=${encodeURIComponent(selector)}`);
  assert.equal(code, 200, JSON.stringify(body));
  return body.items.map(({ metadata }: Json) => metadata.name);
}

async function labelled(world: World): Promise<(selector: string) => Promise<string[]>> {
  const path = inNamespace(world.namespace, 'secrets');
  for (const [index, name] of ['a', 'b', 'c'].entries()) {
    const labels = { team: index === 1 ? 'odd' : 'even', n: `${index}`, [`only-${name}`]: '' };
    await world.admin.post(path, { metadata: { name, labels } });
  }
  await world.admin.post(path, { metadata: { name: 'none' } });
  return (selector) => selected(world, path, 'labelSelector', selector);
}

export const selecting = chapter('selectors', {
  'label selectors compare': async (world) => {
    const select = await labelled(world);
    assert.deepEqual(await select('team=even'), ['a', 'c']);
    assert.deepEqual(await select('team==odd'), ['b']);
    assert.deepEqual(await select('team!=odd'), ['a', 'c', 'none']);
    assert.deepEqual(await select('n>0'), ['b', 'c']);
    assert.deepEqual(await select('n<2'), ['a', 'b']);
    assert.deepEqual(await select('only-a='), ['a']);
  },
  'label selectors know sets': async (world) => {
    const select = await labelled(world);
    assert.deepEqual(await select('team in (odd, even)'), ['a', 'b', 'c']);
    assert.deepEqual(await select('team  in  (odd)'), ['b']);
    assert.deepEqual(await select('team notin (odd)'), ['a', 'c', 'none']);
    assert.deepEqual(await select('only-a in ()'), ['a']);
  },
  'label selectors ask whether a label is there': async (world) => {
    const select = await labelled(world);
    assert.deepEqual(await select('only-a'), ['a']);
    assert.deepEqual(await select('!only-a'), ['b', 'c', 'none']);
    assert.deepEqual(await select('!team,!n'), ['none']);
  },
  'what a label selector lists must all be so': async (world) => {
    const select = await labelled(world);
    assert.deepEqual(await select('team=even,n!=0'), ['c']);
    assert.deepEqual(await select('team=even,team=odd'), []);
  },
  'what is no label selector is refused with where it goes wrong': async ({ admin, namespace }) => {
    const path = inNamespace(namespace, 'secrets');
    const parse = 'unable to parse requirement: ';
    const wrong: Record<string, string | RegExp> = {
      '=x': "found '=', expected: !, identifier, or 'end of string'",
      'a b': `${parse}found 'b', expected: in, notin, =, ==, !=, gt, lt`,
      'a in b': `${parse}found 'b' expected: '('`,
      'a in (b': `${parse}found '', expected: ',' or ')'`,
      'a,,b': "found ',', expected: identifier after ','",
      'a=b=c': "found '=', expected: ',' or 'end of string'",
      'a=@': /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "@": a valid label must be/,
      '/x=1': `${parse}<nil>: Invalid value: "/x": prefix part must be non-empty`,
      'n>x': `${parse}values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    };
    for (const [selector, message] of Object.entries(wrong)) {
      const answer = await admin.get(`${path}?labelSelector=${encodeURIComponent(selector)}`);
      assertRefused(answer, 400, 'BadRequest', message);
    }
  },
  'every kind is selected by name and namespace': async (world) => {
    const path = inNamespace(world.namespace, 'secrets');
    for (const name of ['a', 'b']) await world.admin.post(path, { metadata: { name } });
    const select = (selector: string) => selected(world, path, 'fieldSelector', selector);
    assert.deepEqual(await select('metadata.name=a'), ['a']);
    assert.deepEqual(await select('metadata.name==b'), ['b']);
    assert.deepEqual(await select('metadata.name!=a'), ['b']);
    assert.deepEqual(await select(`metadata.name=a,metadata.namespace=${world.namespace}`), ['a']);
    assert.deepEqual(await select('metadata.name=a,metadata.name=b'), []);
    assert.deepEqual(await select('metadata.name='), []);
  },
  'pods are selected by node, phase, account and address': async (world) => {
    const path = inNamespace(world.namespace, 'pods');
    await world.admin.post(path, pod('waiting'));
    await world.admin.post(path, pod('running', { nodeName: `node-${world.unique}` }));
    world.cleanUp(() => world.admin.delete(`${path}/running`, { gracePeriodSeconds: 0 }));
    await world.admin.mergePatch(`${path}/running/status`, { status: { phase: 'Running', podIP: '10.9.8.7' } });
    const select = (selector: string) => selected(world, path, 'fieldSelector', selector);
    assert.deepEqual(await select(`spec.nodeName=node-${world.unique}`), ['running']);
    assert.deepEqual(await select('spec.nodeName='), ['waiting']);
    assert.deepEqual(await select('status.phase=Running'), ['running']);
    assert.deepEqual(await select('status.phase!=Running'), ['waiting']);
    assert.deepEqual(await select('spec.serviceAccountName=default,status.podIP=10.9.8.7'), ['running']);
    assert.deepEqual(await select('spec.restartPolicy=Always'), ['running', 'waiting']);
  },
  'secrets are selected by type, and events by what they are about': async (world) => {
    const secrets = inNamespace(world.namespace, 'secrets');
    await world.admin.post(secrets, { metadata: { name: 'plain' } });
    await world.admin.post(secrets, { metadata: { name: 'other' }, type: 'example.com/other' });
    assert.deepEqual(await selected(world, secrets, 'fieldSelector', 'type=Opaque'), ['plain']);
    const events = inNamespace(world.namespace, 'events');
    const involvedObject = { kind: 'Pod', name: 'one', namespace: world.namespace, uid: 'u' };
    await world.admin.post(events, { metadata: { name: 'event' }, involvedObject, reason: 'Done', type: 'Normal' });
    for (const selector of ['involvedObject.name=one,involvedObject.kind=Pod', 'involvedObject.uid=u', 'reason=Done']) {
      assert.deepEqual(await selected(world, events, 'fieldSelector', selector), ['event']);
    }
    const ofGroup = inNamespace(world.namespace, 'events', 'events.k8s.io');
    assert.deepEqual(await selected(world, ofGroup, 'fieldSelector', 'regarding.name=one,type=Normal'), ['event']);
  },
  'namespaces are selected by phase, and nodes by whether they take pods': async (world) => {
    const active = await selected(
      world,
      '/api/v1/namespaces',
      'fieldSelector',
      `status.phase=Active,metadata.name=${world.namespace}`,
    );
    assert.deepEqual(active, [world.namespace]);
    assert.deepEqual(
      await selected(world, '/api/v1/nodes', 'fieldSelector', `spec.unschedulable=true,metadata.name=${world.unique}`),
      [],
    );
  },
  'a field that a kind is not selected by is refused': async ({ admin, namespace }) => {
    const pods = await admin.get(`${inNamespace(namespace, 'pods')}?fieldSelector=spec.hostname=x`);
    assertRefused(pods, 400, 'BadRequest', 'field label not supported: spec.hostname');
    const maps = await admin.get(`${inNamespace(namespace, 'configmaps')}?fieldSelector=data.x=y`);
    const known = 'is not a known field selector: only "metadata.name", "metadata.namespace"';
    assertRefused(maps, 400, 'BadRequest', `"data.x" ${known}`);
    const sets = await admin.get(`${inNamespace(namespace, 'deployments', 'apps')}?fieldSelector=spec.replicas=1`);
    assertRefused(sets, 400, 'BadRequest', `"spec.replicas" ${known}`);
  },
  'what is no field selector is refused': async ({ admin, namespace }) => {
    const answer = await admin.get(`${inNamespace(namespace, 'pods')}?fieldSelector=metadata.name`);
    assertRefused(answer, 400, 'BadRequest', "invalid selector: 'metadata.name'; can't understand 'metadata.name'");
  },
});
