import { LABEL_COMPONENT, LABEL_SERVER } from '../../api/names.ts';
import { AnweddolServer } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/client.ts';
import { listAll } from '../../kube/list-all.ts';
import { Event, Pod, VirtualMachineInstance } from '../../kube/resources.ts';
import { type Answer, ask } from '../cluster/answer.ts';

export interface StatusFacts {
  server: AnweddolServer;
  pods: Answer<Pod[]>;
  machines: Answer<VirtualMachineInstance[]>;
  events: Answer<Event[]>;
}

/** Whose Events are told: those of a server, of its containers and of its pods. */
const KINDS = ['AnweddolServer', 'VirtualMachineInstance', 'Pod'];

/**
 * No Secret is among it.
 * @returns undefined where there is no such server
 * @throws KubeError when the server can't be looked at
 */
export async function readStatus(
  kube: KubeClient,
  { namespace, name }: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<StatusFacts | undefined> {
  const server = await kube.get(AnweddolServer, { namespace, name }, { signal });
  if (!server) return undefined;
  const options = { signal, pageSize: 500 };
  const ours = `${LABEL_SERVER}=${name}`;
  const [pods, machines, events] = await Promise.all([
    ask(async () => {
      const labelSelector = `${ours},${LABEL_COMPONENT}=server`;
      return (await listAll(kube, Pod, { namespace, labelSelector }, options)).items;
    }),
    ask(async () => (await listAll(kube, VirtualMachineInstance, { namespace, labelSelector: ours }, options)).items),
    ask(async () => {
      const lists = await Promise.all(
        KINDS.map((kind) => listAll(kube, Event, { namespace, fieldSelector: `regarding.kind=${kind}` }, options)),
      );
      return lists.flatMap(({ items }) => items);
    }),
  ]);
  return { server, pods, machines, events };
}
