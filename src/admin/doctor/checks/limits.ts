/** What will stand in the way one day: budgets that stop a drain, quotas that are nearly used up. */
import type { AnweddolServer } from '../../../api/resources.ts';
import { keyOf } from '../../../kube/objects.ts';
import { quantityValue } from '../../../kube/quantity.ts';
import type { PodDisruptionBudget } from '../../../kube/resources.ts';
import { serverPodLabels } from '../../../operator/desired/ownership.ts';
import { valueOr } from '../../cluster/answer.ts';
import type { ResourceQuota } from '../../cluster/resources.ts';
import type { ClusterFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { selects } from '../selects.ts';
import { judge } from '../unless-known.ts';

/** Of a quota, from when on it is said to be nearly used up. */
const NEARLY = 0.9;

type Facts = Pick<ClusterFacts, 'budgets' | 'quotas' | 'servers'>;

/** Nothing is said of namespaces without a server. */
export function limits({ budgets, quotas, servers }: Facts): Finding[] {
  const all = valueOr(servers, []);
  if (all.length === 0) return [];
  const namespaces = new Set(all.map(({ metadata }) => metadata.namespace));
  return [
    ...judge(budgets, { check: 'disruption-budget', what: 'PodDisruptionBudgets' }, (found) =>
      found.filter((budget) => stopsDrain(budget, all)).map(budgetFinding),
    ),
    // A cluster that has no quotas has none that is used up.
    ...(quotas.is === 'absent'
      ? []
      : judge(quotas, { check: 'resource-quota', what: 'ResourceQuotas' }, (found) =>
          found.filter(({ metadata }) => namespaces.has(metadata.namespace)).flatMap(quotaFindings),
        )),
  ];
}

/** Whether it concerns server pods, and none of them may go now. */
function stopsDrain({ metadata, spec, status }: PodDisruptionBudget, servers: readonly AnweddolServer[]): boolean {
  const selected = servers.some(
    (server) =>
      server.metadata.namespace === metadata.namespace &&
      spec?.selector &&
      selects(spec.selector, serverPodLabels(server)),
  );
  return selected && status?.disruptionsAllowed === 0 && (status.expectedPods ?? 0) > 0;
}

function budgetFinding({ metadata, status }: PodDisruptionBudget): Finding {
  const { currentHealthy = 0, expectedPods = 0, desiredHealthy = 0 } = status ?? {};
  const found = `No server pod may go now, so that a drain waits: ${currentHealthy} of ${expectedPods} are healthy, and ${desiredHealthy} have to be.`;
  const remedy =
    currentHealthy < expectedPods
      ? 'Look at the pods that are not ready; a drain goes on when they are.'
      : 'Let the budget allow for one pod less, or raise replicas.';
  return { check: 'disruption-budget', result: 'warning', about: keyOf(metadata), found, remedy };
}

function quotaFindings({ metadata, status }: ResourceQuota): Finding[] {
  const { hard = {}, used = {} } = status ?? {};
  const scarce = Object.entries(hard).flatMap(([name, limit]) => {
    const [most, now] = [quantityValue(limit), quantityValue(used[name] ?? '0')];
    const isScarce = most !== undefined && now !== undefined && now > 0 && now >= most * NEARLY;
    return isScarce ? [`${name} (${used[name]} of ${limit})`] : [];
  });
  if (scarce.length === 0) return [];
  const found = `Nearly or all used up: ${scarce.join(', ')}.`;
  const remedy = 'Raise the quota, or lower containers.maxRunning, containers.warm or containers.memory to what fits.';
  return [{ check: 'resource-quota', result: 'warning', about: keyOf(metadata), found, remedy }];
}
