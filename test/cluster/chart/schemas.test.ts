/**
 * What the chart renders, and the samples, by schemas: those of a real API server, which has our definitions, and those of the
 * Prometheus Operator's definitions.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../../src/main/demo/manifests.ts';
import { connectTo } from '../../support/connect-to.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { suite } from '../../support/suite.ts';
import { INSTALLED } from '../../unit/chart/full-values.ts';
import { HELM_4, render } from '../../unit/chart/helms.ts';
import { LOCATION, writeDefinitionSchema, writeSchemas } from './openapi-schemas.ts';
import { publishedSchemas } from './published-schemas.ts';
import { runProgram } from './run-program.ts';
import { manifestText, VARIANTS } from './variants.ts';

const { KUBECONFORM = '', CONTROL_PLANE, MONITORING_DEFINITIONS = '' } = process.env;
const PATIENCE_MS = 120_000;
const OURS = ['AnweddolServer', 'AnweddolAccessToken'];
const MONITORING = ['ServiceMonitor', 'PodMonitor', 'PrometheusRule'];
const skip =
  !(CONTROL_PLANE && KUBECONFORM && MONITORING_DEFINITIONS) &&
  'no real control plane or no kubeconform: see the start of this run';

suite('the chart by schemas', skip || HELM_4.skip, () => {
  let transport: Transport;
  let folder: string;

  before(async () => {
    const connection = await sharedControlPlane();
    assert.ok(connection);
    transport = connectTo(connection);
    folder = await mkdtemp(join(tmpdir(), 'schemas-'));
    const signal = AbortSignal.timeout(PATIENCE_MS);
    await applyManifests(createKubeClient(transport), await manifestsOf('crds'), signal);
    await writeSchemas(await publishedSchemas(transport, OURS, signal), folder);
    for (const name of await readdir(MONITORING_DEFINITIONS)) {
      await writeDefinitionSchema(parse(await readFile(join(MONITORING_DEFINITIONS, name), 'utf8')), folder);
    }
  });
  after(async () => {
    await transport.close();
    await rm(folder, { recursive: true });
  });

  function conform(objects: KubeObject[]) {
    const args = ['-strict', '-summary', '-schema-location', join(folder, LOCATION), '-'];
    return runProgram(KUBECONFORM, args, manifestText(objects));
  }

  for (const [name, values] of Object.entries(VARIANTS)) {
    test(`each object fits: ${name}`, async () => {
      const { code, printed } = await conform(await render(HELM_4, values, { apis: INSTALLED }));
      assert.equal(code, 0, printed);
    });
  }

  test('each sample fits', async () => {
    const { code, printed } = await conform(await manifestsOf('deploy/samples'));
    assert.equal(code, 0, printed);
  });

  for (const kind of ['Deployment', ...OURS, ...MONITORING]) {
    test(`a field that they do not have is noticed: ${kind}`, async () => {
      const rendered = Object.values(VARIANTS).map((values) => render(HELM_4, values, { apis: INSTALLED }));
      const objects = [...(await Promise.all(rendered)).flat(), ...(await manifestsOf('deploy/samples'))];
      const right = objects.find((object) => object.kind === kind) as KubeObject & { spec: object };
      const { code, printed } = await conform([{ ...right, spec: { ...right.spec, surplus: 1 } } as KubeObject]);
      assert.notEqual(code, 0);
      assert.match(printed, /surplus/);
    });
  }
});
