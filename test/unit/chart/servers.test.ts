import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { Pod } from '../../../src/kube/resources.ts';
import { suite } from '../../support/suite.ts';
import { INSTALLED } from './full-values.ts';
import { HELM_4, named, only, render } from './helms.ts';

const LAB = {
  name: 'lab',
  annotations: { note: 'mine' },
  spec: { iso: { image: 'registry.example/iso:1' }, listenPort: 7000 },
};
const CLASS = { name: 'class', namespace: 'school', spec: { iso: { image: 'registry.example/iso:1' } } };
const servers = [LAB, CLASS];

const isServer = ({ kind }: KubeObject) => kind === 'AnweddolServer';
const annotationsOf = (object: KubeObject) => object.metadata.annotations ?? {};
const stat = (objects: KubeObject[]) => only<Pod>(objects, 'Pod', 'anweddol-operator-stat').spec?.containers[0];

suite('the servers of a release', HELM_4.skip, () => {
  test('are objects of it where the API server has the kind; their spec is passed on', async () => {
    const objects = await render(HELM_4, { servers }, { apis: INSTALLED });
    const [lab, school] = objects.filter(isServer) as (KubeObject & { spec: object })[];
    assert.deepEqual(lab?.spec, LAB.spec);
    assert.deepEqual([lab?.metadata.namespace, school?.metadata.namespace], ['anweddol-system', 'school']);
    assert.deepEqual(annotationsOf(lab as KubeObject), { note: 'mine', 'helm.sh/resource-policy': 'keep' });
    assert.deepEqual(
      named(objects).filter((name) => name.startsWith('Pod')),
      ['Pod anweddol-operator-stat'],
    );
  });

  test('are hooks where the release brings the kind itself, after a pod that waits for it', async () => {
    const objects = await render(HELM_4, { servers });
    const wait = only(objects, 'Pod', 'anweddol-operator-await-crds');
    const weight = (object: KubeObject) => Number(annotationsOf(object)['helm.sh/hook-weight']);
    for (const server of objects.filter(isServer)) {
      assert.ok(weight(server) > weight(wait));
      const { note, 'helm.sh/hook-weight': _, 'anweddol.io/made-of': made, ...annotations } = annotationsOf(server);
      assert.match(made ?? '', /^[0-9a-f]{64}$/);
      assert.deepEqual(annotations, {
        'anweddol.io/made-by-revision': '1',
        'helm.sh/hook': 'post-install,post-upgrade',
        'helm.sh/hook-delete-policy': 'hook-failed',
        'helm.sh/resource-policy': 'keep',
        'meta.helm.sh/release-name': 'anweddol-operator',
        'meta.helm.sh/release-namespace': 'anweddol-system',
      });
    }
  });

  test('are plain objects where another release brings the kind: Helm says when it is not there', async () => {
    const objects = await render(HELM_4, { servers, crds: { install: false } });
    assert.deepEqual(
      objects.filter(isServer).map((object) => annotationsOf(object)['helm.sh/hook']),
      [undefined, undefined],
    );
  });

  test('go with the release when that is wanted', async () => {
    const objects = await render(HELM_4, { servers, keepServers: false, crds: { keep: false } }, { apis: INSTALLED });
    assert.deepEqual(
      objects.filter((object) => 'helm.sh/resource-policy' in annotationsOf(object)),
      [],
    );
  });

  test('are asked by helm test: the first, a named one, or an address', async () => {
    const args = async (helmTest: object) =>
      stat(await render(HELM_4, { servers, helmTest }, { apis: INSTALLED }))?.args;
    const asked = (address: string) => ['stat', address, '--insecure', '--wait', '30'];
    assert.deepEqual(await args({}), asked('lab.anweddol-system.svc:7000'));
    assert.deepEqual(await args({ server: 'class' }), asked('class.school.svc:6150'));
    assert.deepEqual(await args({ address: 'lab.example:6150' }), asked('lab.example:6150'));
  });

  test('are asked with an access token out of a Secret', async () => {
    const container = stat(await render(HELM_4, { servers, helmTest: { accessTokenSecret: 'me-token' } }));
    const secretKeyRef = { name: 'me-token', key: 'token' };
    assert.deepEqual(container?.env, [{ name: 'ANWDL_ACCESS_TOKEN', valueFrom: { secretKeyRef } }]);
  });
});
