import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const read = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('the README names the releases of helm and Kubernetes that the tests build', async () => {
  const readme = await read('charts/anweddol-operator/README.md');
  const [, ...named] = /tested with Helm (\S+) and (\S+), .* on Kubernetes (\d+\.\d+)/.exec(readme) ?? [];
  const modules = await read('test/controlplane/kubernetes/go.mod');
  const built = [
    /^helm3=v(\d+\.\d+)/m.exec(await read('test/tools/build.sh')),
    /^\s+helm\.sh\/helm\/v4 v(\d+\.\d+)/m.exec(modules),
    /^\s+k8s\.io\/kubernetes v(\d+\.\d+)/m.exec(modules),
  ];
  assert.deepEqual(
    named,
    built.map((found) => found?.[1]),
  );
});
