import assert from 'node:assert/strict';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

function lease({ admin, namespace }: World, spec?: object) {
  const path = inNamespace(namespace, 'leases', 'coordination.k8s.io');
  return admin.post(path, { metadata: { generateName: 'lease-' }, ...(spec && { spec }) });
}

export const leases = chapter('Leases', {
  'a Lease keeps who holds it and when, in microseconds': async (world) => {
    const spec = {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-02T03:04:05.000000Z',
      renewTime: '2026-01-02T03:04:05.123456Z',
      leaseTransitions: 0,
    };
    assert.deepEqual((await lease(world, spec)).body.spec, spec);
  },
  'a Lease can be held by nobody': async (world) => {
    assert.deepEqual((await lease(world)).body.spec, {});
    assert.equal((await lease(world, { holderIdentity: '' })).body.spec.holderIdentity, '');
  },
  'a time in another zone is kept in UTC': async (world) => {
    const { body } = await lease(world, { renewTime: '2026-01-02T03:04:05.000001+02:00' });
    assert.equal(body.spec.renewTime, '2026-01-02T01:04:05.000001Z');
  },
  'a time without all six digits of its microseconds is refused': async (world) => {
    const refusals: Record<string, string> = {
      '2026-01-02T03:04:05Z': 'cannot parse "Z" as ".000000"',
      '2026-01-02T03:04:05.1Z': 'cannot parse ".1Z" as ".000000"',
      '2026-01-02T03:04:05.123456789Z': 'cannot parse "789Z" as "Z07:00"',
      yesterday: 'cannot parse "yesterday" as "2006"',
    };
    for (const [time, why] of Object.entries(refusals)) {
      const parsing = `parsing time "${time}" as "2006-01-02T15:04:05.000000Z07:00"`;
      const message = `Lease in version "v1" cannot be handled as a Lease: ${parsing}: ${why}`;
      assertRefused(await lease(world, { renewTime: time }), 400, 'BadRequest', message);
    }
  },
  'the numbers of a Lease are sensible': async (world) => {
    assertInvalid(
      await lease(world, { leaseDurationSeconds: 0 }),
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
    );
    assertInvalid(
      await lease(world, { leaseTransitions: -1 }),
      'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
    );
  },
  'of two who take a Lease at the same version, one gets it': async (world) => {
    const { body } = await lease(world);
    const path = `${inNamespace(world.namespace, 'leases', 'coordination.k8s.io')}/${body.metadata.name}`;
    const take = (holderIdentity: string) => world.admin.put(path, { ...body, spec: { holderIdentity } });
    const answers = await Promise.all(['a', 'b', 'c'].map(take));
    assert.deepEqual(answers.map(({ code }) => code).sort(), [200, 409, 409]);
    const winner = answers.find(({ code }) => code === 200);
    assert.equal((await world.admin.get(path)).body.spec.holderIdentity, winner?.body.spec.holderIdentity);
    const loser = answers.find(({ code }) => code === 409);
    assert.match(
      loser?.body.message,
      /the object has been modified; please apply your changes to the latest version and try again$/,
    );
  },
});
