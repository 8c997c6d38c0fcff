/** Whether the cluster has the resources of this release. */

import { DEFINITIONS } from '../../../api/crd/definitions.ts';
import { API_VERSION } from '../../../api/names.ts';
import type { CustomResourceDefinition } from '../../../kube/resources.ts';
import { type Answer, valueOr } from '../../cluster/answer.ts';
import type { ClusterFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { tagOf } from '../operator-settings.ts';
import { judge, names } from '../unless-known.ts';
import { type SchemaDifference, schemaDifferences } from './schema-differences.ts';

type Definition = ReturnType<(typeof DEFINITIONS)[number]>;

const APPLY = 'Apply the folder crds/ of the release that the operator has: kubectl apply -f crds';

export function definitions(facts: ClusterFacts): Finding[] {
  return DEFINITIONS.map((make) => make()).flatMap((wanted) => {
    const about = wanted.metadata?.name ?? '';
    const live =
      facts.definitions.get(about) ?? ({ is: 'failed', why: 'it was not asked for' } satisfies Answer<never>);
    return judge(live, { check: 'crd-served', what: 'the CustomResourceDefinition', about }, (found) =>
      ofDefinition(about, wanted, found, isOtherRelease(facts)),
    );
  });
}

/** Whether some operator is known to be of another release than this program. */
function isOtherRelease({ operators, version }: ClusterFacts): boolean {
  const tags = valueOr(operators, []).flatMap(({ settings }) => tagOf(settings.image) ?? []);
  return tags.length > 0 && !tags.includes(version);
}

function ofDefinition(
  about: string,
  wanted: Definition,
  live: CustomResourceDefinition | undefined,
  otherRelease: boolean,
): Finding[] {
  if (!live) return [{ check: 'crd-served', result: 'failed', about, found: 'It is not installed.', remedy: APPLY }];
  const versions = live.spec.versions.filter(({ served }) => served).map(({ name }) => name);
  if (!versions.includes(API_VERSION)) {
    const found = `It is served as ${versions.join(', ') || 'no version'}, not as ${API_VERSION}.`;
    return [{ check: 'crd-served', result: 'failed', about, found, remedy: APPLY }];
  }
  const established = live.status?.conditions?.find(({ type }) => type === 'Established');
  if (established?.status !== 'True') {
    const found = `It is not established: ${established?.message || 'the API server has not said why'}`;
    const remedy = 'Look at its conditions with kubectl describe crd; a name may be taken by another one.';
    return [{ check: 'crd-served', result: 'failed', about, found, remedy }];
  }
  return [
    { check: 'crd-served', result: 'ok', about, found: `It is served as ${versions.join(', ')}.` },
    schemaFinding(about, schemaDifferences(schemaOf(wanted), schemaOf(live)), otherRelease),
  ];
}

function schemaOf({ spec }: Definition | CustomResourceDefinition): unknown {
  return spec.versions.find(({ name }) => name === API_VERSION)?.schema?.openAPIV3Schema;
}

function schemaFinding(about: string, differences: SchemaDifference[], otherRelease: boolean): Finding {
  const check = 'crd-schema';
  if (differences.length === 0) return { check, result: 'ok', about, found: 'Its schema is that of this release.' };
  const missing = differences.filter(({ kind }) => kind === 'missing').map(({ path }) => path);
  const added = differences.filter(({ kind }) => kind === 'added').map(({ path }) => path);
  const changed = differences.filter(({ kind }) => kind === 'changed').map(({ path }) => path);
  const parts = [
    ...(missing.length > 0 ? [`lacks ${names(missing)}`] : []),
    ...(added.length > 0 ? [`has ${names(added)}, which this release does not know`] : []),
    ...(changed.length > 0 ? [`has other rules for ${names(changed)}`] : []),
  ];
  const age = added.length === 0 ? (missing.length > 0 ? 'older' : 'other') : missing.length > 0 ? 'other' : 'newer';
  // What a newer one has is left alone; what an older one lacks, the operator can't write.
  const result = missing.length > 0 && !otherRelease ? 'failed' : 'warning';
  const remedy = otherRelease
    ? 'The operator is of another release than this anwdl: compare with the anwdl of that release.'
    : `${APPLY}; or use the anwdl of that release.`;
  return {
    check,
    result,
    about,
    found: `Its schema is ${age} than that of this release: it ${parts.join('; it ')}.`,
    remedy,
  };
}
