/** The newest published definitions of the systems this project makes objects of, on a real API server. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { ServerSettings } from '../../src/api/server-settings.ts';
import { createKubeClient } from '../../src/kube/kube-client.ts';
import type { KubeObject, Resource } from '../../src/kube/objects.ts';
import { CustomResourceDefinition } from '../../src/kube/resources.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { claimedMachine } from '../../src/virtualization/kubevirt/machine.ts';
import { connectTo } from '../support/connect-to.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { sampleServer } from '../support/sample-server.ts';
import { suite } from '../support/suite.ts';

const SKIP = process.env.CONTROL_PLANE ? false : 'no real control plane: see the start of this run';
const PATIENCE_MS = 30_000;
/** So that KubeVirt's own, of another release, stays what it is, and does not find CDI, for which it starts anew. */
const GROUP = `newest-${process.pid}.example.org`;

suite('published definitions', SKIP, () => {
  const folder = join(process.env.CONTROL_PLANE_PROGRAMS ?? '', 'crds');
  const made: string[] = [];
  let transport: Transport;
  let kube: ReturnType<typeof createKubeClient>;

  before(async () => {
    const connection = await sharedControlPlane();
    assert.ok(connection);
    transport = connectTo(connection);
    kube = createKubeClient(transport);
  });
  after(async () => {
    await Promise.all(made.map((name) => kube.delete(CustomResourceDefinition, { name })));
    await transport.close();
  });

  async function establish(definition: CustomResourceDefinition): Promise<void> {
    made.push(definition.metadata.name);
    const options = { fieldManager: 'test', force: true };
    await kube.apply(CustomResourceDefinition, definition, options);
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const stored = await kube.get(CustomResourceDefinition, definition.metadata);
      const established = stored?.status?.conditions?.find(({ type }) => type === 'Established');
      if (established?.status === 'True') return;
      assert.ok(
        performance.now() < until,
        `${definition.metadata.name}: ${JSON.stringify(stored?.status?.conditions)}`,
      );
    }
  }

  async function definitions(prefix: string): Promise<CustomResourceDefinition[]> {
    const names = (await readdir(folder)).filter((name) => name.startsWith(prefix));
    return Promise.all(names.map(async (name) => parse(await readFile(join(folder, name), 'utf8'))));
  }

  for (const prefix of ['cdi.kubevirt.io_datavolumes', 'cert-manager.io_certificates.yaml']) {
    test(`${prefix} can be installed`, async () => {
      const [definition] = await definitions(prefix);
      assert.ok(definition);
      await establish(inOurGroup(definition));
    });
  }

  test('the machine of a container has only fields that the newest KubeVirt knows, rebootPolicy among them', async () => {
    const [definition] = await definitions('kubevirt.io_virtualmachineinstances.yaml');
    assert.ok(definition);
    const { plural, kind } = definition.spec.names;
    await establish(inOurGroup(definition));
    const resource: Resource = { group: GROUP, version: 'v1', plural, kind, namespaced: true };
    const wanted = { ...sampleMachine(), apiVersion: `${GROUP}/v1` } as KubeObject;
    const taken = await kube.create(resource, wanted, { dryRun: true });
    assert.equal(JSON.stringify(taken).includes('"rebootPolicy":"Terminate"'), true);
    const wrong = { ...wanted, spec: { ...sampleMachine().spec, nonsense: 1 } } as KubeObject;
    await assert.rejects(kube.create(resource, wrong, { dryRun: true }), /unknown field "spec\.nonsense"/);
  });
});

function inOurGroup(definition: CustomResourceDefinition): CustomResourceDefinition {
  const { spec } = definition;
  return { ...definition, metadata: { name: `${spec.names.plural}.${GROUP}` }, spec: { ...spec, group: GROUP } };
}

function sampleMachine() {
  const { metadata, spec } = sampleServer();
  const settings = ServerSettings.parse({
    server: { name: metadata.name, namespace: 'default', uid: metadata.uid },
    spec: { ...spec, iso: { ...spec.iso, sha256: '0'.repeat(64) } },
  });
  const claim = {
    uuid: '00000000-0000-4000-8000-000000000001',
    clientId: 'abcdefa',
    clientTokenSha256: 'f'.repeat(64),
  };
  return claimedMachine(settings, claim, 10_000, 0);
}
