import type { ClusterFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { judge, names } from '../unless-known.ts';

/** Network plugins by their DaemonSets: those that enforce NetworkPolicies whenever they run. */
const ENFORCING = new Set([
  'anetd',
  'antrea-agent',
  'calico-node',
  'canal',
  'cilium',
  'kube-network-policies',
  'kube-router',
  'ovnkube-node',
  'weave-net',
]);
/** And those that never do. */
const NOT_ENFORCING = new Set(['kube-flannel', 'kube-flannel-ds']);

const TRY = 'Try it: from a container, connect to a pod of the cluster; it must not answer.';

/** Whether what keeps containers from the cluster does anything: a policy that nobody enforces looks like any other. */
export function networkPlugin({ daemonSets }: Pick<ClusterFacts, 'daemonSets'>): Finding[] {
  const check = 'network-plugin';
  return judge(daemonSets, { check, what: 'the network plugin' }, (all) => {
    const running = [...new Set(all.map(({ metadata }) => metadata.name))];
    const enforcing = running.filter((name) => ENFORCING.has(name));
    const idle = running.filter((name) => NOT_ENFORCING.has(name));
    if (enforcing.length > 0) {
      return [
        { check, result: 'ok', found: `${names(enforcing)} is there, which is known to enforce NetworkPolicies.` },
      ];
    }
    if (idle.length > 0) {
      const found = `${names(idle)} enforces no NetworkPolicies: containers reach the cluster and each other.`;
      return [
        { check, result: 'failed', found, remedy: 'Use a network plugin that enforces them, or add one that does.' },
      ];
    }
    const found =
      'Whether the network plugin enforces NetworkPolicies is not known: none that is known for it was found.';
    return [{ check, result: 'unknown', found, remedy: TRY }];
  });
}
