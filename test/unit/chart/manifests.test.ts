import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { plainManifests } from '../../../deploy/chart/plain-manifests.ts';
import { manifestsOf } from '../../../src/main/demo/manifests.ts';
import { suite } from '../../support/suite.ts';
import { HELMS, named } from './helms.ts';

const RENDER = fileURLToPath(new URL('../../../deploy/chart/render.ts', import.meta.url));

for (const { name, program, skip } of HELMS) {
  suite(`deploy/operator and ${name}`, skip, () => {
    test('the manifests are what the chart renders with its default values', async () => {
      await promisify(execFile)(process.execPath, [RENDER, '--check'], { env: { ...process.env, HELM: program } });
    });
  });
}

test('the manifests hold what applying them relies on, under these names', async () => {
  assert.deepEqual(named(await manifestsOf('deploy/operator')), [
    'ClusterRole anweddol-operator',
    'ClusterRoleBinding anweddol-operator',
    'Deployment anweddol-operator',
    'Namespace anweddol-system',
    'Role anweddol-operator-leader',
    'RoleBinding anweddol-operator-leader',
    'ServiceAccount anweddol-operator',
    'ValidatingAdmissionPolicy anweddol-server-pod-machines',
    'ValidatingAdmissionPolicy anweddol-server-pod-secrets',
    'ValidatingAdmissionPolicyBinding anweddol-server-pod-machines',
    'ValidatingAdmissionPolicyBinding anweddol-server-pod-secrets',
  ]);
});

test('they say nothing of Helm, in no label and no selector, and keep their comments', () => {
  const rendered = `---
# Source: chart/templates/a.yaml
# Why it is there.
kind: A
metadata:
  name: a
  labels:
    app.kubernetes.io/managed-by: Helm
    app.kubernetes.io/name: a
    helm.sh/chart: chart-1
spec:
  selector:
    app.kubernetes.io/instance: x
    app.kubernetes.io/name: a
  list: [a, ""]
---
# Source: chart/templates/empty.yaml
`;
  const text = plainManifests(rendered, 'here')
    .split(/^---\n/m)
    .at(-1);
  assert.equal(
    text,
    `# Why it is there.
kind: A
metadata:
  name: a
  labels:
    app.kubernetes.io/name: a
spec:
  selector:
    app.kubernetes.io/name: a
  list: [a, ""]
`,
  );
});
