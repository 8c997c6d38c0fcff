import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { anweddolServerDefinition } from '../../../../src/api/crd/definitions.ts';
import type { StructuralSchema } from '../../../../src/api/crd/structural-schema.ts';
import { LABEL_COMPONENT } from '../../../../src/api/names.ts';
import { AnweddolServer } from '../../../../src/api/resources.ts';
import { CustomResourceDefinition, Pod, Secret } from '../../../../src/kube/resources.ts';
import { CdiStandIn } from '../../../support/cdi-stand-in.ts';
import { startOperatorHarness } from '../../../support/operator-harness.ts';
import { newAuthority } from '../../../support/test-certificates.ts';
import { certificateDefinition } from '../certificates/cert-manager.ts';
import { ROWS, type Row } from './rows.ts';
import { type System, systemOf } from './system.ts';

const NAMESPACE = 'default';
const PATIENCE_MS = 30_000;
const BASE = {
  replicas: 1,
  iso: { image: 'iso:1' },
  containers: { maxRunning: 2, warm: 1 },
  keys: { secretName: 'given' },
};
let operator: Awaited<ReturnType<typeof startOperatorHarness>>;

before(async () => {
  operator = await startOperatorHarness();
  await CdiStandIn.install(operator.kube);
  await operator.kube.create(CustomResourceDefinition, certificateDefinition());
  await givenSecrets();
  operator.caches.pods.onChange((pod) => void (pod && isoIsRead(pod)));
  await Promise.all(ROWS.map(([, spec], index) => make(nameOf(index), spec)));
});
after(() => operator[Symbol.asyncDispose]());

test('every field of AnweddolServer has a row', () => {
  const schema = anweddolServerDefinition().spec.versions[0]?.schema?.openAPIV3Schema?.properties?.spec;
  const rows = new Set(ROWS.map(([path]) => path));
  assert.deepEqual(
    leaves(schema as StructuralSchema, '').filter((path) => !rows.has(path)),
    [],
  );
});

for (const [index, row] of ROWS.entries()) {
  test(`${row[0]} is seen on the running system`, () => seen(row, nameOf(index)));
}

const nameOf = (index: number) => `field-${index}`;

/** Waits until the look finds what is to be seen; fails with what was seen last. */
async function seen([, , look, expected]: Row, name: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (true) {
    const found = await systemOf(operator.kube, NAMESPACE, name).then((system) => attempt(look, system));
    try {
      assert.deepEqual(found, expected);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(100);
    }
  }
}

function attempt(look: Row[2], system: System): unknown {
  try {
    return look(system);
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

async function make(name: string, spec: object): Promise<void> {
  const merged = merge(BASE, spec);
  const manifest = {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolServer',
    metadata: { name, namespace: NAMESPACE },
  };
  await operator.kube.create(AnweddolServer, { ...manifest, spec: merged } as unknown as AnweddolServer);
}

/** As a JSON merge patch does: what is null goes. */
function merge(base: object, change: object): object {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const before = result[key];
    if (value === null) delete result[key];
    else if (isPlain(value)) result[key] = merge(isPlain(before) ? before : {}, value);
    else result[key] = value;
  }
  return result;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function leaves(schema: StructuralSchema, path: string): string[] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, field]) => leaves(field, path ? `${path}.${name}` : name));
  }
  return schema.items ? leaves(schema.items, `${path}[]`) : [path];
}

/** A key of one's own, and a certificate. */
async function givenSecrets(): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const secret = (name: string, stringData: Record<string, string>): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: NAMESPACE },
    stringData,
  });
  await operator.kube.create(Secret, secret('given', { 'private.pem': pem, pw: 'secret' }));
  const pair = newAuthority('authority').issue('lab.example');
  await operator.kube.create(Secret, {
    ...secret('pair', { 'tls.crt': pair.cert, 'tls.key': pair.key }),
    type: 'kubernetes.io/tls',
  });
}

/** What a node does with the check of an ISO. */
async function isoIsRead({ metadata, status }: Pod): Promise<void> {
  if (metadata.labels?.[LABEL_COMPONENT] !== 'iso-check' || status?.phase === 'Succeeded') return;
  const terminated = { exitCode: 0, message: 'ab'.repeat(32), finishedAt: new Date().toISOString() };
  const said = { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 };
  const patch = { status: { phase: 'Succeeded', containerStatuses: [said] } };
  await operator.kube.mergePatch(Pod, metadata, patch, { subresource: 'status' }).catch(() => undefined);
}
