/** What a kubelet mounts into a pod, from the objects that the pod names. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { serviceAccountToken } from '../../src/embedded/cluster/service-account-token.ts';
import { PodVolumes } from '../../src/embedded/node/volumes/pod-volumes.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { ConfigMap, type Pod, Secret } from '../../src/kube/resources.ts';
import type { ContainerWish } from './runtime-config.ts';

const LOOPBACK = { pod: '127.0.0.1', host: '127.0.0.1' };
const CA = 'kube-root-ca.crt';

export interface MountOptions {
  /** For the files; it need not be there yet. */
  folder: string;
  /** `UID:GID`, who the files belong to: the pod's fsGroup. */
  owner: string;
  /** Unpacked images that volumes may be of, by name. */
  images: ReadonlyMap<string, string>;
  signal: AbortSignal;
}

export async function podMounts(
  kube: KubeClient,
  pod: Pod,
  { folder, owner, images, signal }: MountOptions,
): Promise<ContainerWish['mounts']> {
  const { namespace = 'default' } = pod.metadata;
  const secrets = new Map<string, Secret | undefined>();
  const configMaps = new Map<string, ConfigMap | undefined>();
  configMaps.set(CA, await kube.get(ConfigMap, { namespace, name: CA }, { signal }));
  for (const { secret, configMap } of pod.spec?.volumes ?? []) {
    const name = secret?.secretName ?? configMap?.name ?? '';
    if (secret) secrets.set(name, await kube.get(Secret, { namespace, name }, { signal }));
    if (configMap) configMaps.set(name, await kube.get(ConfigMap, { namespace, name }, { signal }));
  }
  await mkdir(folder, { recursive: true });
  const account = { namespace, name: pod.spec?.serviceAccountName ?? 'default' };
  const volumes = new PodVolumes({
    folder,
    catalogue: { images: new Map([...images].map(([name, path]) => [name, { kind: 'disk', path }])) },
    // Admission has added it.
    apiAccess: false,
    sources: {
      pod,
      addresses: LOOPBACK,
      objects: { secret: (name) => secrets.get(name), configMap: (name) => configMaps.get(name) },
      token: () => serviceAccountToken(kube, account, signal),
    },
  });
  await volumes.write();
  await promisify(execFile)('chown', ['-R', owner, folder]);
  const [container] = pod.spec?.containers ?? [];
  return volumes.mounts(container ?? {}).map(({ path, target }) => ({ path, source: target }));
}
