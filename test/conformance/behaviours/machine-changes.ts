import assert from 'node:assert/strict';
import { chapter } from '../behaviour.ts';
import { MachineNode, machines } from '../machine-node.ts';
import { created } from './machine-manifest.ts';

const WEBHOOK = 'virtualmachineinstances-update-validator.kubevirt.io';
const STATE = '/metadata/labels/anweddol.io~1state';

export const machineChanges = chapter('changing a machine', {
  'refuses a change of the spec': async (world) => {
    await MachineNode.start(world);
    await created(world);
    const change = { spec: { domain: { memory: { guest: '4Gi' } } } };
    const { code, body } = await world.admin.mergePatch(`${machines(world)}/one`, change);
    const message = 'update of VMI object is restricted';
    assert.deepEqual([code, body.reason], [422, 'Invalid']);
    assert.equal(body.message, `admission webhook "${WEBHOOK}" denied the request: ${message}`);
    assert.deepEqual(body.details, { causes: [{ reason: 'FieldValueNotSupported', message }] });
  },

  "refuses a change of a label of KubeVirt's own": async (world) => {
    await MachineNode.start(world);
    await created(world);
    const change = { metadata: { labels: { 'kubevirt.io/nodeName': 'mine' } } };
    const { code, body } = await world.admin.mergePatch(`${machines(world)}/one`, change);
    const message = 'modification of the following reserved kubevirt.io/ labels on a VMI object is prohibited';
    assert.equal(code, 422);
    assert.deepEqual(body.details, { causes: [{ reason: 'FieldValueNotSupported', message }] });
  },

  'takes labels and annotations of others, also of a machine that runs': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    await node.run(vmi);
    const metadata = { labels: { 'anweddol.io/state': 'claimed' }, annotations: { 'anweddol.io/more': 'yes' } };
    const { code, body } = await world.admin.mergePatch(`${machines(world)}/one`, { metadata });
    assert.equal(code, 200);
    assert.equal(body.metadata.labels['anweddol.io/state'], 'claimed');
    assert.equal(body.metadata.labels['kubevirt.io/nodeName'], node.name);
    assert.deepEqual([body.metadata.annotations['anweddol.io/more'], body.status.phase], ['yes', 'Running']);
  },

  "answers 200 to a status of somebody else's, and leaves the machine as it is": async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    await node.inPhase(vmi, 'Scheduling');
    const change = { status: { phase: 'Succeeded', nodeName: 'mine' } };
    const { code, body } = await world.admin.mergePatch(`${machines(world)}/one`, change);
    assert.deepEqual([code, body.status.phase, body.status.nodeName], [200, 'Scheduling', undefined]);
    const now = await world.admin.get(`${machines(world)}/one`);
    assert.deepEqual([now.body.status.phase, now.body.status.nodeName], ['Scheduling', undefined]);
  },

  'has no status of its own to write to': async (world) => {
    await MachineNode.start(world);
    await created(world);
    const { code } = await world.admin.mergePatch(`${machines(world)}/one/status`, { status: { phase: 'Running' } });
    assert.equal(code, 404);
  },

  "takes virt-handler's status, and its labels": async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    await node.schedule(vmi);
    const body = await node.handle(vmi, () => ({ phase: 'Running', guestOSInfo: { id: 'alpine' } }));
    assert.deepEqual([body.status.phase, body.status.guestOSInfo], ['Running', { id: 'alpine' }]);
  },

  'lets virt-handler list, watch and update machines, but neither get nor patch nor delete them': async (world) => {
    const node = await MachineNode.start(world);
    await created(world);
    const path = `${machines(world)}/one`;
    const { handler } = node;
    assert.equal((await handler.get(machines(world))).code, 200);
    const codes = [await handler.get(path), await handler.mergePatch(path, {}), await handler.delete(path)];
    assert.deepEqual(
      codes.map(({ code, body }) => [code, body.reason]),
      Array.from({ length: 3 }, () => [403, 'Forbidden']),
    );
  },

  'can be claimed by one of two: a patch that tests a label takes it once': async (world) => {
    await MachineNode.start(world);
    await created(world);
    const claim = [
      { op: 'test', path: STATE, value: 'warm' },
      { op: 'replace', path: STATE, value: 'claimed' },
    ];
    const path = `${machines(world)}/one`;
    const first = await world.admin.jsonPatch(path, claim);
    const second = await world.admin.jsonPatch(path, claim);
    assert.deepEqual([first.code, first.body.metadata.labels['anweddol.io/state']], [200, 'claimed']);
    assert.deepEqual([second.code, second.body.reason], [422, 'Invalid']);
  },

  'can be claimed at once by one of many': async (world) => {
    await MachineNode.start(world);
    await created(world);
    const claim = (by: number) => [
      { op: 'test', path: STATE, value: 'warm' },
      { op: 'replace', path: STATE, value: `by-${by}` },
    ];
    const path = `${machines(world)}/one`;
    const answers = await Promise.all([1, 2, 3, 4].map((by) => world.admin.jsonPatch(path, claim(by))));
    assert.deepEqual(answers.map(({ code }) => code).sort(), [200, 422, 422, 422]);
  },

  'is not touched by a change that is only tried': async (world) => {
    await MachineNode.start(world);
    const vmi = await created(world);
    const path = `${machines(world)}/one?dryRun=All`;
    const change = { metadata: { labels: { 'anweddol.io/state': 'claimed' } } };
    const { code, body } = await world.admin.mergePatch(path, change);
    assert.deepEqual([code, body.metadata.labels['anweddol.io/state']], [200, 'claimed']);
    const now = await world.admin.get(`${machines(world)}/${vmi.metadata.name}`);
    assert.equal(now.body.metadata.labels['anweddol.io/state'], 'warm');
  },
});
