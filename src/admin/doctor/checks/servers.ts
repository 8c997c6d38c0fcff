import type { ClusterFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { judge } from '../unless-known.ts';
import { serverAddress, serverPolicies } from './address.ts';
import { serverConditions } from './conditions.ts';
import { serverIdentity } from './identity.ts';

/** Each AnweddolServer. One that goes has nothing to be as it should. */
export function servers(facts: ClusterFacts): Finding[] {
  const { servers, namespace, now } = facts;
  // Without its definition there is none, and that is told already.
  if (servers.is === 'absent') return [];
  return judge(servers, { check: 'servers', what: 'the AnweddolServers' }, (all) => {
    const staying = all.filter(({ metadata }) => !metadata.deletionTimestamp);
    const where = namespace === undefined ? 'the cluster' : `namespace ${namespace}`;
    if (staying.length === 0)
      return [{ check: 'servers', result: 'ok', found: `There is no AnweddolServer in ${where}.` }];
    return staying.flatMap((server) => [
      ...serverConditions(server, now),
      ...serverAddress(server, facts),
      ...serverPolicies(server, facts),
      ...serverIdentity(server, facts),
    ]);
  });
}
