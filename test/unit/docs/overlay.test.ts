import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Deployment } from '../../../src/kube/resources.ts';
import { manifestsOf } from '../../../src/main/demo/manifests.ts';
import { documents } from './documents.ts';

interface Operation {
  op: string;
  path: string;
  value: string;
}

test('the overlay of the guide replaces the argument that it means', async () => {
  const [page] = await documents('deploy/guide/install.md');
  const [, overlay = ''] = /```yaml\n([\s\S]*?)```/.exec(page?.text ?? '') ?? [];
  const [{ patch, target }] = parse(overlay).patches;
  const manifests = await manifestsOf('deploy/operator/operator.yaml');
  const found = manifests.find(({ kind, metadata }) => kind === target.kind && metadata.name === target.name);
  const args = (found as Deployment | undefined)?.spec?.template.spec?.containers[0]?.args ?? [];
  const replaced = (parse(patch) as Operation[]).filter(({ op }) => op === 'replace');
  assert.equal(replaced.length, 1);
  for (const { path, value } of replaced) {
    const flag = value.slice(0, value.indexOf('='));
    assert.ok(args[Number(path.slice(path.lastIndexOf('/') + 1))]?.startsWith(`${flag}=`), `${path}: ${value}`);
  }
});
