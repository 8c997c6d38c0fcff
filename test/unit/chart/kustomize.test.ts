/** What kustomize, which kubectl brings, makes of the manifests and of the overlay in the guide. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../src/kube/objects.ts';
import type { Deployment } from '../../../src/kube/resources.ts';
import { manifestsOf } from '../../../src/main/demo/manifests.ts';
import { suite } from '../../support/suite.ts';
import { documents } from '../docs/documents.ts';
import { only } from './helms.ts';

const { KUBECTL = '' } = process.env;
const BASE = fileURLToPath(new URL('../../../deploy/operator', import.meta.url));
/** What the manifests name, and what the guide's overlay puts there. */
const IMAGE = 'anweddol-operator:0.1.0';
const PULLED = 'registry.example/anweddol-operator:0.1.0';
const NETWORKS = '--cluster-cidrs=10.244.0.0/16,10.96.0.0/12';

suite('kustomize', !KUBECTL && 'no kubectl: see the start of this run', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kustomize-'));
  });
  after(() => rm(folder, { recursive: true }));

  test('makes of deploy/operator the manifests that are in it', async () => {
    assert.deepEqual(byName(await kustomized(BASE)), byName(await manifestsOf('deploy/operator')));
  });

  test('makes of the guide’s overlay the same with another image, in both places, and the networks', async () => {
    const [page] = await documents('deploy/guide/install.md');
    const [, overlay = ''] = /```yaml\n([\s\S]*?)```/.exec(page?.text ?? '') ?? [];
    await cp(BASE, join(folder, 'anweddol-operator/deploy/operator'), { recursive: true });
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine/kustomization.yaml'), overlay);
    const expected = structuredClone(await manifestsOf('deploy/operator'));
    const [container] = only<Deployment>(expected, 'Deployment').spec?.template.spec?.containers ?? [];
    assert.ok(container?.args);
    assert.ok(container.args.includes(`--server-image=${IMAGE}`));
    container.image = PULLED;
    container.args = [...container.args.map((arg) => arg.replace(IMAGE, PULLED)), NETWORKS];
    assert.deepEqual(byName(await kustomized(join(folder, 'mine'))), byName(expected));
  });
});

async function kustomized(folder: string): Promise<KubeObject[]> {
  const { stdout } = await promisify(execFile)(KUBECTL, ['kustomize', folder]);
  return parseAllDocuments(stdout).map((document): KubeObject => document.toJS());
}

/** Kustomize puts them in an order of its own. */
function byName(objects: KubeObject[]): Record<string, KubeObject> {
  return Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}
