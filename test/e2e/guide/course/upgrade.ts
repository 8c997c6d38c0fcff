/** Another image under live containers; an overlay; other options. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../../unit/docs/documents.ts';
import type { Step } from '../step.ts';
import { type Container, isThere, jsonpath, newContainer, operatorArgs } from './look.ts';

const NEXT = 'registry.example/anweddol-operator:0.1.0';
const TOKEN = '--access-token friend.token';
let container: Container;

export const UPGRADE: Step[] = [
  {
    at: 'upgrade.md: Upgrade and downgrade',
    /** "Put your image in operator.yaml, in both places." */
    async given(reader) {
      container = await newContainer(reader, TOKEN);
      const file = join(reader.checkout, 'deploy/operator/operator.yaml');
      const text = await readFile(file, 'utf8');
      const next = text.replaceAll(/(image[:=] ?)anweddol-operator:0\.1\.0/g, `$1${NEXT}`);
      assert.equal(next.split(NEXT).length, 3);
      await writeFile(file, next);
    },
    // The Lease changes hands.
    mayTakeAMoment: true,
    async shows(reader, { stdout }) {
      assert.match(stdout, /0 failed/);
      await isThere(reader, container);
      await reader.eventually(async () => assert.equal(await serverImage(reader), NEXT));
      await newContainer(reader, TOKEN);
    },
  },
  {
    at: 'install.md: By kustomize',
    async given({ checkout }) {
      const guide = await readFile(new URL('deploy/guide/install.md', ROOT), 'utf8');
      const [, overlay = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
      await mkdir(join(checkout, '../mine'));
      await writeFile(join(checkout, '../mine/kustomization.yaml'), overlay);
    },
    async shows(reader, { stdout }) {
      assert.match(stdout, /successfully rolled out/);
      assert.match(await operatorArgs(reader), /--server-image=registry\.example\/[\s\S]*--cluster-cidrs=10\.244/);
      await isThere(reader, container);
    },
  },
];

const serverImage = (reader: Parameters<typeof jsonpath>[0]) =>
  jsonpath(reader, 'deployment lab-server', '{.spec.template.spec.containers[0].image}');
