/** The pod security standards, as the labels of a namespace ask for them. */
import { invalidValue } from '../../base/field-error.ts';
import { asObject, asString } from '../../base/json.ts';
import { labelsOf, type StoredObject, specOf } from '../../base/kube-object.ts';
import { forbidden, invalid } from '../../base/status-error.ts';
import type { ResourceRequest, Server } from '../../handlers/context.ts';
import { type Level, violations } from './checks.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];

/**
 * Refuses a pod that the namespace does not take; warns of one that it will not take, or of a template of such pods.
 * @throws KubeStatusError 403
 */
export function admitPodSecurity(server: Server, request: ResourceRequest, object: StoredObject): void {
  const namespace = server.store.collection('namespaces').get(undefined, request.namespace ?? '');
  if (!namespace) return;
  const isPod = request.resource.kind === 'Pod';
  const spec = isPod ? specOf(object) : specOf(asObject(specOf(object).template));
  const enforced = policy(namespace, 'enforce');
  const broken = isPod ? violations(spec, enforced.level) : [];
  if (broken.length > 0) {
    const why = `violates PodSecurity ${JSON.stringify(enforced.name)}: ${broken.join(', ')}`;
    throw forbidden({ group: '', resource: 'pods', name: object.metadata.name }, why);
  }
  const warned = policy(namespace, labelsOf(namespace)[`${PREFIX}warn`] ? 'warn' : 'enforce');
  const doubtful = violations(spec, warned.level);
  if (doubtful.length > 0) {
    request.warnings.push(`would violate PodSecurity ${JSON.stringify(warned.name)}: ${doubtful.join(', ')}`);
  }
}

/** @throws KubeStatusError 422 for a level that there is not */
export function checkPodSecurityLabels(namespace: StoredObject): void {
  const labels = labelsOf(namespace);
  const errors = ['enforce', 'audit', 'warn'].flatMap((mode) => {
    const value = labels[PREFIX + mode];
    if (value === undefined || isLevel(value)) return [];
    return [invalidValue(`metadata.labels[${PREFIX}${mode}]`, value, `must be one of ${LEVELS.join(', ')}`)];
  });
  if (errors.length > 0) {
    throw invalid({ group: '', resource: 'Namespace', name: namespace.metadata.name }, errors);
  }
}

function policy(namespace: StoredObject, mode: 'enforce' | 'warn'): { level: Level; name: string } {
  const labels = labelsOf(namespace);
  const asked = asString(labels[PREFIX + mode]);
  const level = isLevel(asked) ? asked : 'privileged';
  return { level, name: `${level}:${labels[`${PREFIX}${mode}-version`] ?? 'latest'}` };
}

function isLevel(text: string): text is Level {
  return LEVELS.some((level) => level === text);
}
