/** Where our table says that kinds are, there they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resource } from '../../../src/kube/objects.ts';
import * as table from '../../../src/kube/resources.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { onEachServer } from './subjects.ts';

const RESOURCES: Resource[] = Object.values(table);

/** Of products that a cluster may lack: KubeVirt, its importer of disks, and cert-manager. */
const OF_OTHERS = ['KubeVirt', 'VirtualMachineInstance', 'DataVolume', 'Certificate'];

/** The in-memory server has no use for reviews of others. */
const MAY_BE_ABSENT: Record<string, string[]> = {
  real: OF_OTHERS,
  inMemory: [...OF_OTHERS, 'TokenReview', 'SubjectAccessReview'],
};

interface Discovered {
  name: string;
  kind: string;
  namespaced: boolean;
}

onEachServer('resources', (connected) => {
  test('discovery agrees with the table: group, version, plural, kind and scope', async () => {
    const { transport, subject } = connected();
    const absent: string[] = [];
    for (const { kind, group, version, plural, namespaced } of RESOURCES) {
      const served = await resourcesOf(transport, group, version);
      // By its plural or by its kind: what has only one of the two in common is what this test looks for.
      const found = served.find(({ name }) => name === plural) ?? served.find((other) => other.kind === kind);
      if (found) assert.deepEqual([found.name, found.kind, found.namespaced], [plural, kind, namespaced]);
      else absent.push(kind);
    }
    const mayBeAbsent = MAY_BE_ABSENT[subject.name.startsWith('in-memory') ? 'inMemory' : 'real'] ?? [];
    assert.deepEqual(
      absent.filter((kind) => !mayBeAbsent.includes(kind)),
      [],
    );
  });
});

/** Without subresources; empty where the server has no such group and version. */
async function resourcesOf(transport: Transport, group: string, version: string): Promise<Discovered[]> {
  const { groups } = (await transport.call({ method: 'GET', path: '/apis' })) as {
    groups: { versions: { groupVersion: string }[] }[];
  };
  const groupVersion = `${group}/${version}`;
  const isServed = groups.some(({ versions }) => versions.some((one) => one.groupVersion === groupVersion));
  if (group && !isServed) return [];
  const path = group ? `/apis/${groupVersion}` : `/api/${version}`;
  const list = (await transport.call({ method: 'GET', path })) as { resources: Discovered[] };
  return list.resources.filter(({ name }) => !name.includes('/'));
}
