/** The Secret that holds a container's credentials; it goes when the machine goes. */
import { FIELD_MANAGER, LABEL_MANAGED_BY, LABEL_SERVER, SECRET_TYPE_CREDENTIALS } from '../../api/names.ts';
import type { Secret } from '../../kube/resources.ts';
import type { ContainerRecord } from '../container-backend.ts';
import type { ContainerCredentials } from '../container-credentials.ts';

export function credentialsSecret(
  machine: { name: string; namespace: string; serverName: string },
  record: ContainerRecord,
  credentials: ContainerCredentials,
  /** Where clients find the server; undefined while nobody knows. */
  address: string | undefined,
): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${machine.name}-${record.uuid.slice(0, 8)}`,
      namespace: machine.namespace,
      labels: { [LABEL_MANAGED_BY]: FIELD_MANAGER, [LABEL_SERVER]: machine.serverName },
      ownerReferences: [
        {
          apiVersion: 'kubevirt.io/v1',
          kind: 'VirtualMachineInstance',
          name: machine.name,
          uid: record.instanceId,
          controller: true,
        },
      ],
    },
    type: SECRET_TYPE_CREDENTIALS,
    immutable: true,
    stringData: {
      username: credentials.username,
      password: credentials.password,
      ...(address && { address }),
      port: String(record.listenPort),
      hostKeyFingerprint: credentials.hostKeyFingerprint,
    },
  };
}
