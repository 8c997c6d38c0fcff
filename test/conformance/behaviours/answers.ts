import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { deployment, inNamespace, pod } from '../manifests.ts';
import { assertRefused } from '../refused.ts';
import { thing, thingDefinition, things } from '../things.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const METADATA = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';

async function table({ admin }: World, path: string): Promise<Json> {
  const { code, body } = await admin.get(path, { accept: TABLE });
  assert.deepEqual([code, body.kind, body.apiVersion], [200, 'Table', 'meta.k8s.io/v1']);
  return body;
}

/** The columns that are always shown, and the cells of the rows without what depends on the time. */
function shown({ columnDefinitions, rows }: Json): [string[], Json[][]] {
  const narrow = columnDefinitions.filter(({ priority }: Json) => priority === 0).map(({ name }: Json) => name);
  return [narrow, rows.map(({ cells }: Json) => cells.slice(0, narrow.length - 1))];
}

export const answers = chapter('forms of answers', {
  'pods have a table that tells what they are doing': async (world) => {
    const path = inNamespace(world.namespace, 'pods');
    await world.admin.post(path, pod('one'));
    const [columns, rows] = shown(await table(world, path));
    assert.deepEqual(columns, ['Name', 'Ready', 'Status', 'Restarts', 'Age']);
    assert.deepEqual(rows, [['one', '0/1', 'Pending', '0']]);
    const waiting = {
      name: 'main',
      ready: false,
      restartCount: 3,
      image: 'x',
      imageID: '',
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    };
    await world.admin.mergePatch(`${path}/one/status`, { status: { phase: 'Running', containerStatuses: [waiting] } });
    assert.deepEqual(shown(await table(world, `${path}/one`))[1], [['one', '0/1', 'CrashLoopBackOff', '3']]);
  },
  'services and secrets have tables of their own': async (world) => {
    await world.admin.post(inNamespace(world.namespace, 'services'), {
      metadata: { name: 'one' },
      spec: {
        clusterIP: 'None',
        ports: [
          { name: 'a', port: 80 },
          { name: 'b', port: 53, protocol: 'UDP' },
        ],
      },
    });
    const services = shown(await table(world, inNamespace(world.namespace, 'services')));
    assert.deepEqual(services[0], ['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age']);
    assert.deepEqual(services[1], [['one', 'ClusterIP', 'None', '<none>', '80/TCP,53/UDP']]);
    await world.admin.post(inNamespace(world.namespace, 'secrets'), {
      metadata: { name: 'one' },
      stringData: { a: '', b: '' },
    });
    const secrets = shown(await table(world, inNamespace(world.namespace, 'secrets')));
    assert.deepEqual(secrets, [['Name', 'Type', 'Data', 'Age'], [['one', 'Opaque', 2]]]);
  },
  'workloads, leases and policies have tables of their own': async (world) => {
    const { admin, namespace } = world;
    await admin.post(inNamespace(namespace, 'deployments', 'apps'), deployment('one', { replicas: 0 }));
    const deployments = shown(await table(world, inNamespace(namespace, 'deployments', 'apps')));
    assert.deepEqual(deployments, [['Name', 'Ready', 'Up-to-date', 'Available', 'Age'], [['one', '0/0', 0, 0]]]);
    const leases = inNamespace(namespace, 'leases', 'coordination.k8s.io');
    await admin.post(leases, { metadata: { name: 'one' }, spec: { holderIdentity: 'a' } });
    assert.deepEqual(shown(await table(world, leases)), [['Name', 'Holder', 'Age'], [['one', 'a']]]);
    const budgets = inNamespace(namespace, 'poddisruptionbudgets', 'policy');
    await admin.post(budgets, { metadata: { name: 'one' }, spec: { minAvailable: 1 } });
    assert.deepEqual(shown(await table(world, budgets))[1], [['one', '1', 'N/A', 0]]);
  },
  'a defined kind has the columns of its definition': async (world) => {
    await thingDefinition(world);
    await world.admin.post(things(world), thing(world, 'one', { color: 'red', size: 3 }));
    await world.admin.post(things(world), thing(world, 'two'));
    const { columnDefinitions, rows } = await table(world, things(world));
    assert.deepEqual(
      columnDefinitions.map(({ name, type, priority }: Json) => [name, type, priority]),
      [
        ['Name', 'string', 0],
        ['Color', 'string', 0],
        ['Size', 'integer', 1],
      ],
    );
    assert.deepEqual(
      rows.map(({ cells }: Json) => cells),
      [
        ['one', 'red', 3],
        ['two', null, null],
      ],
    );
  },
  'rows of a table carry metadata, the whole object or nothing': async (world) => {
    const path = inNamespace(world.namespace, 'secrets');
    await world.admin.post(path, { metadata: { name: 'one' }, stringData: { a: 'b' } });
    const object = async (include: string) => (await table(world, `${path}?includeObject=${include}`)).rows[0].object;
    const metadata = await object('Metadata');
    assert.deepEqual(
      [metadata.kind, metadata.metadata.name, metadata.data],
      ['PartialObjectMetadata', 'one', undefined],
    );
    const whole = await object('Object');
    assert.deepEqual([whole.kind, whole.data], ['Secret', { a: 'Yg==' }]);
    assert.equal(await object('None'), null);
  },
  'a watch can be of tables': async ({ admin, namespace }) => {
    const path = inNamespace(namespace, 'secrets');
    await admin.post(path, { metadata: { name: 'one' } });
    const { body } = await admin.get(`${path}?watch=true&timeoutSeconds=1`, { accept: TABLE });
    assert.deepEqual([body.type, body.object.kind, body.object.rows[0].cells[0]], ['ADDED', 'Table', 'one']);
  },
  'one can ask for metadata alone': async ({ admin, namespace }) => {
    const path = inNamespace(namespace, 'secrets');
    const { body } = await admin.post(path, { metadata: { name: 'one', labels: { a: 'b' } }, stringData: { a: 'b' } });
    const one = await admin.get(`${path}/one`, { accept: METADATA });
    assert.deepEqual(one.body, {
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: body.metadata,
    });
    const list = await admin.get(path, { accept: METADATA.replace('Metadata;', 'MetadataList;') });
    assert.deepEqual([list.body.kind, list.body.items[0].metadata.labels], ['PartialObjectMetadataList', { a: 'b' }]);
  },
  'answers are in JSON, or in YAML where that is asked for': async ({ admin, namespace }) => {
    const path = `/api/v1/namespaces/${namespace}`;
    const type = async (accept: string) => (await admin.get(path, { accept })).headers['content-type'];
    for (const accept of ['application/json', '*/*', 'application/*', 'text/html, application/json;q=0.9']) {
      assert.equal(await type(accept), 'application/json', accept);
    }
    assert.equal(await type('application/yaml'), 'application/yaml');
    assert.match((await admin.get(path, { accept: 'application/yaml' })).body, /^apiVersion: v1$/m);
  },
  'what cannot be answered in a form that is accepted is refused': async ({ admin, namespace }) => {
    const path = inNamespace(namespace, 'secrets');
    assertRefused(await admin.get(path, { accept: 'text/html' }), 406, 'NotAcceptable', /^406: Not Acceptable/);
    const unknown = METADATA.replace('PartialObjectMetadata', 'Poem');
    const only =
      'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf';
    assertRefused(await admin.get(path, { accept: unknown }), 406, 'NotAcceptable', only);
    assert.equal((await admin.get(path, { accept: `${unknown},application/json` })).code, 200);
  },
});
