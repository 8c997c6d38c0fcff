/** Each sample on a whole cluster, with played machines: the operator and server pods are real programs. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../src/kube/objects.ts';
import { Namespace } from '../../src/kube/resources.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';
import { PLANES, type Plane } from '../support/planes.ts';
import { suite } from '../support/suite.ts';
import { kindOf, type Promised, samples } from './sample-files.ts';
import { untilPromised } from './until-promised.ts';

/** A lab each, on a loopback address of its own. */
const HOSTS = ['127.0.0.71', '127.0.0.72'];
/** It names Secrets, an issuer and a registry that are nowhere. */
const NOT_HERE = ['everything.yaml'];
const HERE = ['without CDI', 'alone'];

const all = (await samples()).filter(({ file }) => !NOT_HERE.includes(file));
const isHere = ({ where }: Promised) => where === undefined || HERE.includes(where);

for (const [index, plane] of PLANES.entries()) {
  suite(`samples in a lab on the ${plane.name}`, plane.skip, () => samplesOn(plane, HOSTS[index] ?? ''));
}

function samplesOn(plane: Plane, host: string): void {
  let lab: TestLab;
  before(async () => {
    lab = await startTestLab(host, plane, { hollow: true });
  });
  after(() => lab?.close());

  const ours = ({ apiVersion }: KubeObject) => apiVersion.startsWith('anweddol.io/');
  const nameOf = ({ metadata }: KubeObject) => ({ namespace: lab.namespace, name: metadata.name });

  /** In the namespace of the lab, which has the labels of the sample's. The operator's rights are there already. */
  async function applied(object: KubeObject): Promise<void> {
    const { kube } = lab.lab;
    if (object.kind === 'Namespace') {
      const labels = { metadata: { labels: object.metadata.labels ?? {} } };
      await kube.mergePatch(Namespace, { name: lab.namespace }, labels);
    }
    if (!ours(object)) return;
    const placed = { ...object, metadata: { ...object.metadata, namespace: lab.namespace } };
    await kube.apply(kindOf(object), placed, { fieldManager: 'test', signal: lab.patience() });
  }

  /** With all that was made for it, so that its ports are free again. */
  async function removed(object: KubeObject): Promise<void> {
    const { kube, machines } = lab.lab;
    await kube.delete(kindOf(object), nameOf(object), { propagation: 'Foreground' });
    while (await kube.get(kindOf(object), nameOf(object), { signal: lab.patience() })) await sleep(100);
    await machines.waitFor((store) => store.list().length === 0 || undefined, lab.patience());
  }

  for (const sample of all) {
    test(`${sample.file} reaches what its head says`, async () => {
      const promises = sample.promises.filter(isHere);
      assert.ok(promises.length > 0);
      for (const object of sample.objects) await applied(object);
      const { kube } = lab.lab;
      await untilPromised(sample, promises, { kube, namespace: lab.namespace, signal: lab.patience() });
      for (const object of sample.objects.filter(ours)) await removed(object);
    });
  }
}
