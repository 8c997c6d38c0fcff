/** Whether clients find a server, and its policies are there. */
import type { AnweddolServer } from '../../../api/resources.ts';
import { keyOf } from '../../../kube/objects.ts';
import { isOwnedBy } from '../../../operator/desired/ownership.ts';
import type { ClusterFacts, Dialled } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { judge, names } from '../unless-known.ts';

export function serverAddress(server: AnweddolServer, { services, dialled }: ClusterFacts): Finding[] {
  const about = keyOf(server.metadata);
  const { host, port } = server.status?.address ?? {};
  const dial = dialled.get(about);
  return [
    ...judge(services, { check: 'server-address', what: 'its Service', about }, (all) => {
      const isThere = all.some((service) => keyOf(service.metadata) === about && isOwnedBy(server, service));
      return [{ about, ...addressFinding(isThere, host, port, server.spec?.service?.type) }];
    }),
    ...(dial ? [{ about, ...dialFinding(dial, port) }] : []),
  ];
}

function addressFinding(
  isThere: boolean,
  host: string | undefined,
  port: number | undefined,
  type: string | undefined,
): Finding {
  const check = 'server-address';
  if (!isThere) {
    const remedy = "Look at its conditions, and at the operator's log; another Service may have its name.";
    return { check, result: 'failed', found: 'Its Service is not there.', remedy };
  }
  if (port !== undefined) {
    return { check, result: 'ok', found: `Clients connect to ${host ?? 'any node'} port ${port}.` };
  }
  const remedy =
    type === 'LoadBalancer'
      ? 'Install a load balancer, such as MetalLB, mend service.loadBalancerClass, or use service.type NodePort.'
      : 'Look at the Service with kubectl describe.';
  return { check, result: 'failed', found: `Its Service of type ${type ?? 'unknown'} has no address.`, remedy };
}

function dialFinding(dialled: Dialled, port: number | undefined): Finding {
  const check = 'server-dial';
  if (dialled.connected) return { check, result: 'ok', found: `Port ${port} answers, seen from here.` };
  const remedy = 'Look whether its pods are ready, and at the load balancer and the firewalls between here and there.';
  return { check, result: 'failed', found: `No connection from here: ${dialled.why}`, remedy };
}

/** As the operator names them; a test holds them to what it makes. */
export function policyNames({ metadata }: AnweddolServer): string[] {
  return [`${metadata.name}-server`, `${metadata.name}-containers`];
}

export function serverPolicies(server: AnweddolServer, { policies }: Pick<ClusterFacts, 'policies'>): Finding[] {
  const about = keyOf(server.metadata);
  const check = 'server-policies';
  return judge(policies, { check, what: 'its NetworkPolicies', about }, (all) => {
    const made = all.filter(
      (policy) => policy.metadata.namespace === server.metadata.namespace && isOwnedBy(server, policy),
    );
    const missing = policyNames(server).filter((name) => !made.some(({ metadata }) => metadata.name === name));
    if (missing.length === 0) return [{ check, about, result: 'ok', found: 'Its NetworkPolicies are there.' }];
    const found = `Without NetworkPolicy ${names(missing)}, its containers are kept from nothing.`;
    const remedy = "The operator makes them before any machine: look at the server's conditions and at its log.";
    return [{ check, about, result: 'failed', found, remedy }];
  });
}
