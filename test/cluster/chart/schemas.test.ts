/** What the chart renders, held against the schemas of a real API server. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { connectTo } from '../../support/connect-to.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { suite } from '../../support/suite.ts';
import { INSTALLED } from '../../unit/chart/full-values.ts';
import { HELM_4, only, render } from '../../unit/chart/helms.ts';
import { LOCATION, type Swagger, writeSchemas } from './openapi-schemas.ts';
import { runProgram } from './run-program.ts';
import { manifestText, VARIANTS } from './variants.ts';

const { KUBECONFORM = '', CONTROL_PLANE } = process.env;
/** Of the Prometheus Operator, which is not there, and ours, which the API server itself checks in other tests. */
const FOREIGN = ['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'AnweddolServer'];
const skip = !(CONTROL_PLANE && KUBECONFORM) && 'no real control plane or no kubeconform: see the start of this run';

suite('the chart by the schemas of the API server', skip || HELM_4.skip, () => {
  let transport: Transport;
  let folder: string;

  before(async () => {
    const connection = await sharedControlPlane();
    assert.ok(connection);
    transport = connectTo(connection);
    folder = await mkdtemp(join(tmpdir(), 'schemas-'));
    await writeSchemas((await transport.call({ method: 'GET', path: '/openapi/v2' })) as Swagger, folder);
  });
  after(async () => {
    await transport.close();
    await rm(folder, { recursive: true });
  });

  function conform(objects: KubeObject[]) {
    const args = ['-strict', '-summary', '-skip', FOREIGN.join(','), '-schema-location', join(folder, LOCATION), '-'];
    return runProgram(KUBECONFORM, args, manifestText(objects));
  }

  for (const [name, values] of Object.entries(VARIANTS)) {
    test(`each object fits: ${name}`, async () => {
      const { code, printed } = await conform(await render(HELM_4, values, { apis: INSTALLED }));
      assert.equal(code, 0, printed);
    });
  }

  test('a field that is not in them is noticed', async () => {
    const deployment = only<KubeObject & { spec: object }>(await render(HELM_4), 'Deployment');
    const wrong = { ...deployment, spec: { ...deployment.spec, replica: 1 } };
    const { code, printed } = await conform([wrong]);
    assert.notEqual(code, 0);
    assert.match(printed, /replica/);
  });
});
