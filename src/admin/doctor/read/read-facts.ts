/** Everything that the doctor looks at, asked of the cluster. What can't be had is told as that, and no fault of the rest. */
import { DEFINITIONS } from '../../../api/crd/definitions.ts';
import { FIELD_MANAGER, LABEL_COMPONENT, LABEL_MANAGED_BY, LABEL_SLICE_MANAGED_BY } from '../../../api/names.ts';
import { AnweddolServer } from '../../../api/resources.ts';
import type { KubeClient } from '../../../kube/client.ts';
import { listAll } from '../../../kube/list-all.ts';
import type { KubeObject, Resource } from '../../../kube/objects.ts';
import {
  CustomResourceDefinition,
  EndpointSlice,
  NetworkPolicy,
  Node,
  PodDisruptionBudget,
  Service,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  VirtualMachineInstance,
} from '../../../kube/resources.ts';
import { type Answer, ask, valueOr } from '../../cluster/answer.ts';
import { DaemonSet, KubeVirtInstall, ResourceQuota } from '../../cluster/resources.ts';
import type { ClusterFacts, ServerPodPolicies } from '../facts.ts';
import { dialServers } from './dial-servers.ts';
import { readKeys } from './read-keys.ts';
import { readOperators } from './read-operators.ts';

interface Question {
  kube: KubeClient;
  /** Undefined: all. */
  namespace: string | undefined;
  dial: boolean;
  now: number;
  version: string;
  signal: AbortSignal;
}

/** As the chart labels them, whatever their names. */
const SERVER_POD_POLICY = `${LABEL_COMPONENT}=server-pod-policy`;
const OURS = `${LABEL_MANAGED_BY}=${FIELD_MANAGER}`;

/** @throws the signal's reason when it aborts */
export async function readFacts(question: Question): Promise<ClusterFacts> {
  const { kube, namespace, dial, now, version, signal } = question;
  const list = <T extends KubeObject>(resource: Resource<T>, labelSelector?: string, within = namespace) =>
    ask(async () => {
      const query = { namespace: within, ...(labelSelector && { labelSelector }) };
      return (await listAll(kube, resource, query, { signal, pageSize: 500 })).items;
    });
  const everywhere = <T extends KubeObject>(resource: Resource<T>) => list(resource, undefined, undefined);
  // What was made for a server is asked for before the servers: a server that comes in between is no one's loss.
  const [machines, slices] = await Promise.all([
    list(VirtualMachineInstance, OURS),
    list(EndpointSlice, `${LABEL_SLICE_MANAGED_BY}=${FIELD_MANAGER}`),
  ]);
  const [
    definitions,
    operators,
    kubevirt,
    nodes,
    daemonSets,
    servers,
    services,
    policies,
    budgets,
    quotas,
    serverPodPolicies,
  ] = await Promise.all([
    readDefinitions(kube, signal),
    readOperators(kube, namespace, signal),
    everywhere(KubeVirtInstall),
    list(Node),
    everywhere(DaemonSet),
    list(AnweddolServer),
    list(Service, OURS),
    list(NetworkPolicy, OURS),
    list(PodDisruptionBudget),
    list(ResourceQuota),
    readServerPodPolicies(kube, signal),
  ]);
  const [keys, dialled] = await Promise.all([
    readKeys(kube, valueOr(servers, []), signal),
    dial ? dialServers(valueOr(servers, []), valueOr(nodes, []), signal) : new Map(),
  ]);
  return {
    ...{ now, version, namespace, definitions, operators, kubevirt, nodes, daemonSets, servers, services },
    ...{ machines, slices, policies, serverPodPolicies, budgets, quotas, keys, dialled },
  };
}

function readServerPodPolicies(kube: KubeClient, signal: AbortSignal): Promise<Answer<ServerPodPolicies>> {
  const query = { labelSelector: SERVER_POD_POLICY };
  return ask(async () => {
    const [policies, bindings] = await Promise.all([
      kube.list(ValidatingAdmissionPolicy, query, { signal }),
      kube.list(ValidatingAdmissionPolicyBinding, query, { signal }),
    ]);
    return { policies: policies.items, bindings: bindings.items };
  });
}

async function readDefinitions(kube: KubeClient, signal: AbortSignal): Promise<ClusterFacts['definitions']> {
  const names = DEFINITIONS.map((make) => make().metadata?.name ?? '');
  const read = async (name: string): Promise<[string, Answer<CustomResourceDefinition | undefined>]> => [
    name,
    await ask(() => kube.get(CustomResourceDefinition, { name }, { signal })),
  ];
  return new Map(await Promise.all(names.map(read)));
}
