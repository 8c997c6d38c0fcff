/** What the guide and the runbooks call a reason is one, as the registry has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFINITIONS } from '../../../src/api/crd/definitions.ts';
import type { StructuralSchema } from '../../../src/api/crd/structural-schema.ts';
import { REASONS } from '../../../src/api/reasons.ts';
import * as kinds from '../../../src/kube/resources.ts';
import { documents, quoted } from './documents.ts';
import { CONDITION_TYPES } from './schemas.ts';

/** Values that fields can have, such as `LoadBalancer`. */
function* values({ properties = {}, items, enum: given = [] }: StructuralSchema): Generator<unknown> {
  yield* given;
  if (items) yield* values(items);
  for (const field of Object.values(properties)) yield* values(field);
}

const ours = DEFINITIONS.map((definition) => definition().spec);
/** What else is written in one word with a capital letter. */
const WORDS = new Set<unknown>([
  ...CONDITION_TYPES,
  ...ours.flatMap(({ names }) => [names.kind, ...(names.categories ?? [])]),
  ...ours.flatMap(({ versions }) => [...values(versions[0]?.schema?.openAPIV3Schema as StructuralSchema)]),
  ...Object.values(kinds).map(({ kind }) => kind),
  // Phases, answers of the protocol, what Kubernetes and KubeVirt say.
  ...['Pending', 'Blocked', 'Paused', 'Invalid', 'Deleting', 'Unavailable', 'Terminating', 'True', 'False', 'Unknown'],
  // Feature gates, and policies of Services and KubeVirt.
  ...['RebootPolicy', 'ImageVolume', 'Cluster', 'None'],
]);

const pages = [...(await documents('deploy/guide/*.md')), ...(await documents('deploy/README.md'))];

test('every reason that the guide names is in the registry', () => {
  const named = pages.flatMap(({ path, text }) =>
    quoted(text)
      .filter((code) => /^[A-Z][a-z]+[A-Za-z]*$/.test(code))
      .map((code) => ({ path, code })),
  );
  assert.ok(named.length > 60);
  const unknown = named.filter(({ code }) => !Object.hasOwn(REASONS, code) && !WORDS.has(code));
  assert.deepEqual(
    unknown.map(({ path, code }) => `${path}: ${code}`),
    [],
  );
});

/** Why a server is not ready, where somebody has to do something. */
const BLOCKING = [
  ...['SpecInvalid', 'ScaledToZero', 'NoPodReady', 'ObjectRefused', 'PodsRefused', 'LoadBalancerSilent'],
  ...['KubeVirtAbsent', 'KubeVirtSilent', 'KubeVirtTooOld', 'MachineRefused', 'QuotaExceeded'],
  ...['IsoUnavailable', 'IsoDownloadFailed', 'IsoClaimMissing', 'IsoDigestMismatch', 'CdiAbsent'],
  ...['KeyMissing', 'KeyInvalid', 'CertificateMissing', 'CertificateInvalid', 'CertManagerAbsent'],
];

test('the page on troubleshooting names every reason that keeps a server from being ready for long', () => {
  const named = new Set(quoted(pages.find(({ path }) => path.endsWith('troubleshooting.md'))?.text ?? ''));
  assert.deepEqual(
    BLOCKING.filter((reason) => !named.has(reason) || !Object.hasOwn(REASONS, reason)),
    [],
  );
});
