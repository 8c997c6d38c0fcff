/** What the operator says of resources that the cluster does not take, and how often it asks. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as passes } from 'node:timers/promises';
import type { Condition } from '../../../src/api/common-fields.ts';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { keyOf } from '../../../src/kube/objects.ts';
import { PLANES } from '../../support/planes.ts';
import { type Arena, arena, SPEED } from './arena.ts';
import { CLASH, TOLD, type ToldRow } from './operator-rows.ts';
import type { TakenRow } from './row.ts';
import { TAKEN } from './taken-rows.ts';

const soon = () => AbortSignal.timeout(60_000);
/** Of the operator's minutes. */
const WATCHED_MINUTES = 2;
/** Machines by the hundred are another test's. */
const QUIET: TakenRow[] = TAKEN.filter(({ change, before: stored }) => !stored && !('containers.warm' in change));

for (const plane of PLANES) {
  describe(`resources that the cluster does not take, on the ${plane.name}`, { skip: plane.skip }, () => {
    const rows = TOLD.filter(({ isRealOnly }) => plane.shared || !isRealOnly);
    const nameOf = new Map([...rows, ...QUIET, CLASH].map(({ name }, index) => [name, `s${index}`]));
    let on: Arena;
    before(async () => {
      on = await arena(plane);
      for (const { name, change, before: first } of rows) await on.create(nameOf.get(name) ?? '', first ?? change);
      for (const { name, change, kind } of QUIET) await on.create(nameOf.get(name) ?? '', change, kind);
    });
    after(() => on[Symbol.asyncDispose]());

    const status = (name: string) => on.caches.servers.get(`${on.namespace}/${nameOf.get(name)}`)?.status;
    const conditionOf = (name: string, type: string): Condition | undefined =>
      status(name)?.conditions?.find((condition) => condition.type === type);

    const hasDeployment = (name: string) => on.caches.deployments.get(`${on.namespace}/${nameOf.get(name)}-server`);

    async function isTold(row: ToldRow): Promise<void> {
      if (row.before) {
        await on.caches.deployments.waitFor(() => hasDeployment(row.name), soon());
        await on.change(nameOf.get(row.name) ?? '', row.change);
      }
      const found = await on.caches.servers
        .waitFor(() => {
          const condition = conditionOf(row.name, row.type);
          return condition?.reason === row.reason && row.words.test(condition.message) ? condition : undefined;
        }, soon())
        .catch(() => assert.fail(JSON.stringify(status(row.name), null, 1)));
      assert.equal(found.status, row.status);
    }

    describe('each', { concurrency: 8 }, () => {
      for (const row of rows) {
        test(`${row.name}: ${row.type} is ${row.status}, for ${row.reason}`, async () => {
          await isTold(row);
        });
      }

      for (const { name, kind } of QUIET) {
        test(`${name}: nothing is refused`, async () => {
          if (kind === 'token') {
            const token = () => on.caches.tokens.get(`${on.namespace}/${nameOf.get(name)}`);
            await on.caches.tokens.waitFor(() => token()?.status?.observedGeneration, soon());
            return;
          }
          await on.caches.servers.waitFor(() => status(name)?.observedGeneration, soon());
          await on.caches.deployments
            .waitFor(() => hasDeployment(name) ?? status(name)?.phase === 'Paused', soon())
            .catch(() => assert.fail(JSON.stringify(status(name), null, 1)));
          await on.caches.servers
            .waitFor(() => conditionOf(name, 'Degraded')?.status === 'False' || undefined, soon())
            .catch(() => assert.fail(conditionOf(name, 'Degraded')?.message));
        });
      }
    });

    test(`${CLASH.name}: ${CLASH.type} is ${CLASH.status}, for ${CLASH.reason}`, async () => {
      await on.create(nameOf.get(CLASH.name) ?? '', CLASH.change);
      await isTold(CLASH);
    });

    test('nothing is written, and nothing that is refused is tried again, more than once a minute', async () => {
      // By then all that time alone changes has changed.
      const isWaiting = ({ metadata, status: { conditions = [] } = {} }: AnweddolServer) =>
        on.caches.services.get(keyOf(metadata))?.spec?.type === 'LoadBalancer' &&
        !conditions.some(({ type, reason }) => type === 'AddressAssigned' && reason === 'LoadBalancerSilent');
      await on.caches.servers.waitFor((all) => !all.list().some(isWaiting) || undefined, soon());
      // And the one that was made last has all that it gets.
      await on.caches.servers.waitFor(() => status(CLASH.name)?.replicas, soon());
      await passes(60_000 / SPEED);
      const from = performance.now();
      await passes((WATCHED_MINUTES * 60_000) / SPEED);
      const counts = new Map<string, number>();
      // By kind, too: what has another name each time, as an Event or a Pod, would otherwise seem to be written once.
      for (const { verb, object, kind, at } of on.writes) {
        if (at < from) continue;
        for (const what of [`${verb} ${object}`, `${verb} ${kind}`]) counts.set(what, (counts.get(what) ?? 0) + 1);
      }
      const often = [...counts].filter(([, count]) => count > WATCHED_MINUTES);
      assert.deepEqual(often, []);
    });

    test('a server that is mended is well again', async () => {
      const name = nameOf.get('more requested than allowed') ?? '';
      const mended = { spec: { pod: { resources: { limits: { memory: '2Gi' } } } } };
      await on.admin.mergePatch(AnweddolServer, { namespace: on.namespace, name }, mended);
      const degraded = await on.caches.servers.waitFor(() => {
        const condition = conditionOf('more requested than allowed', 'Degraded');
        return condition?.status === 'False' ? condition : undefined;
      }, soon());
      assert.notEqual(degraded.reason, 'ObjectRefused');
    });
  });
}
