import type { AnweddolServer } from '../../../api/resources.ts';
import { valueOr } from '../../cluster/answer.ts';
import type { ClusterFacts, ServerPodPolicies } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { selects } from '../selects.ts';
import { judge } from '../unless-known.ts';

/** What server pods may make, and a machine or a token controller would give them a Secret by. */
const HELD = ['virtualmachineinstances', 'secrets'];

const REMEDY =
  'Apply those of its release: helm upgrade with serverPodPolicies.enabled=true, or kubectl apply -f deploy/operator; ' +
  'an operator of some namespaces leaves them to who may make objects of the cluster.';

/** Whether a server pod that is taken over could read Secrets by way of what it makes. Nothing is said of namespaces without a server. */
export function serverPodPolicies({ serverPodPolicies, servers }: ClusterFacts): Finding[] {
  const check = 'server-pod-policies';
  const namespaces = [...new Set(valueOr(servers, []).map(namespaceOf))];
  if (namespaces.length === 0) return [];
  return judge(serverPodPolicies, { check, what: 'the policies about server pods' }, (found) =>
    namespaces.map((about): Finding => {
      const free = HELD.filter((resource) => !isHeld(found, resource, about));
      if (free.length === 0) {
        return { check, result: 'ok', about, found: 'What server pods make is held to the form of a container.' };
      }
      const what = free.join(' and ');
      const why = `No ValidatingAdmissionPolicy that denies holds server pods' ${what} to the form of a container:`;
      const risk = 'one that is taken over can read the Secrets of the namespace.';
      return { check, result: 'warning', about, found: `${why} ${risk}`, remedy: REMEDY };
    }),
  );
}

const namespaceOf = ({ metadata }: AnweddolServer) => metadata.namespace ?? '';

function isHeld({ policies, bindings }: ServerPodPolicies, resource: string, namespace: string): boolean {
  const labels = { 'kubernetes.io/metadata.name': namespace };
  return bindings.some(({ spec }) => {
    const policy = policies.find(({ metadata }) => metadata.name === spec?.policyName)?.spec;
    const { namespaceSelector = {} } = spec?.matchResources ?? {};
    return (
      policy?.failurePolicy !== 'Ignore' &&
      (policy?.matchConstraints?.resourceRules ?? []).some(({ resources = [] }) => resources.includes(resource)) &&
      (spec?.validationActions ?? []).includes('Deny') &&
      selects(namespaceSelector, labels)
    );
  });
}
