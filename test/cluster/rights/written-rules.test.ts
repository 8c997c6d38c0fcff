/** The rules of every Role and ClusterRole that this project has somebody apply. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { Role } from '../../../src/kube/resources.ts';
import { role } from '../../../src/operator/desired/server-pod-rights.ts';
import { sampleServer } from '../../support/sample-server.ts';

const DEPLOY = fileURLToPath(new URL('../../../deploy/', import.meta.url));

type Rule = NonNullable<Role['rules']>[number];

/** Each rule, and where it is from. */
async function rules(): Promise<{ from: string; rule: Rule }[]> {
  const files = (await readdir(DEPLOY, { recursive: true })).filter((name) => name.endsWith('.yaml'));
  const documents = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(DEPLOY, file), 'utf8');
      return parseAllDocuments(text).map((document) => ({ file, manifest: document.toJS() as Role | null }));
    }),
  );
  const roles = documents
    .flat()
    .flatMap(({ file, manifest }) =>
      manifest?.kind === 'Role' || manifest?.kind === 'ClusterRole' ? [{ file, manifest }] : [],
    );
  return [...roles, { file: 'the operator', manifest: role(sampleServer()) }].flatMap(({ file, manifest }) =>
    (manifest.rules ?? []).map((rule) => ({ from: `${manifest.kind} ${manifest.metadata.name} of ${file}`, rule })),
  );
}

async function offending(isOffence: (rule: Rule) => boolean): Promise<string[]> {
  const all = await rules();
  return all.filter(({ rule }) => isOffence(rule)).map(({ from, rule }) => `${from}: ${JSON.stringify(rule)}`);
}

const names = (rule: Rule, resource: string) => rule.resources?.includes(resource) ?? false;
const grants = (rule: Rule, ...verbs: string[]) => verbs.some((verb) => rule.verbs.includes(verb));

test('there are rules of the operator and of server pods', async () => {
  const sources = new Set((await rules()).map(({ from }) => from));
  assert.ok(sources.size >= 3, [...sources].join(', '));
});

test('no rule has a wildcard', async () => {
  const isWild = ({ apiGroups = [], resources = [], verbs, nonResourceURLs = [] }: Rule) =>
    [...apiGroups, ...resources, ...verbs, ...nonResourceURLs].some((name) => name.includes('*'));
  assert.deepEqual(await offending(isWild), []);
});

test('nobody may list or watch Secrets, or delete more than one at a time', async () => {
  const reads = (rule: Rule) => names(rule, 'secrets') && grants(rule, 'list', 'watch', 'deletecollection');
  assert.deepEqual(await offending(reads), []);
});

test('nobody may take on more rights than he has, or be somebody else', async () => {
  assert.deepEqual(await offending((rule) => grants(rule, 'escalate', 'bind', 'impersonate')), []);
  const mints = ['serviceaccounts/token', 'certificatesigningrequests', 'certificatesigningrequests/approval'];
  assert.deepEqual(await offending((rule) => mints.some((resource) => names(rule, resource))), []);
});

test('nobody may get into a pod, a node or a machine, or look at its screen', async () => {
  const doors = [
    'pods/exec',
    'pods/attach',
    'pods/portforward',
    'pods/proxy',
    'pods/ephemeralcontainers',
    'nodes/proxy',
  ];
  const isDoor = (rule: Rule) =>
    doors.some((door) => names(rule, door)) || (rule.apiGroups?.includes('subresources.kubevirt.io') ?? false);
  assert.deepEqual(await offending(isDoor), []);
});
