import { SECRET_TYPE_RSA_KEY, SECRET_TYPE_TOKEN_LIST } from '../../api/names.ts';
import { ServerSettings } from '../../api/server-settings.ts';
import { isNotFound } from '../../kube/errors.ts';
import { type KubeObject, keyOf, type ObjectName, type Resource } from '../../kube/objects.ts';
import { Certificate, type ConfigMap, DataVolume, type Deployment, Secret } from '../../kube/resources.ts';
import { isApplied } from '../apply.ts';
import { SECRET_TYPE_TLS } from '../certificates/read-certificate.ts';
import { type Context, INDEX_BY_SERVER } from '../context.ts';
import type { Remain, RemainsCaches } from './cached-remains.ts';
import { isLeftOver } from './left-over.ts';

/** What server pods were given, and so what a server may have had of what is in no cache. */
interface Memory {
  deployments: Deployment[];
  settings: ConfigMap[];
}

/** The types of the Secrets that the operator makes for servers. */
const OWN_TYPES = [SECRET_TYPE_RSA_KEY, SECRET_TYPE_TOKEN_LIST, SECRET_TYPE_TLS];

/** Secrets that a server may have left behind: those of usual names, and those that its pods were to mount. */
function secretNames({ name }: ObjectName, { deployments }: Pick<Memory, 'deployments'>): string[] {
  const usual = ['key', 'tls', 'web-tls', 'access-tokens'].map((suffix) => `${name}-${suffix}`);
  const mounted = deployments.flatMap(({ spec }) => spec?.template.spec?.volumes ?? []);
  return [...new Set([...usual, ...mounted.flatMap(({ secret }) => secret?.secretName ?? [])])];
}

/** The volume that its machines were to boot from; nobody else's is told from a download by its name. */
function volumeNames({ settings }: Pick<Memory, 'settings'>): string[] {
  return settings.flatMap(({ data }) => {
    const { data: told } = ServerSettings.safeParse(parsed(data?.['settings.json']));
    return told?.spec.iso.persistentVolumeClaim ?? [];
  });
}

/** What a server that is gone has left behind of that which is in no cache, asked for by name. */
export async function namedRemains(
  server: ObjectName,
  { kube, caches }: Pick<Context, 'kube'> & { caches: Pick<RemainsCaches, 'deployments' | 'configMaps'> },
  signal: AbortSignal,
): Promise<Remain[]> {
  const { namespace, name: serverName } = server;
  const key = keyOf(server);
  const memory = {
    deployments: caches.deployments.byIndex(INDEX_BY_SERVER, key),
    settings: caches.configMaps.byIndex(INDEX_BY_SERVER, key),
  };
  const find = async <T extends KubeObject>(
    resource: Resource<T>,
    name: string,
    isMade: (object: T) => boolean = () => true,
  ): Promise<Remain[]> => {
    try {
      const object = await kube.get(resource, { namespace, name }, { signal });
      return object && isLeftOver(object, server) && isMade(object) ? [{ resource, object }] : [];
    } catch (error) {
      // Without CDI, or cert-manager, there are none.
      if (isNotFound(error)) return [];
      throw error;
    }
  };
  const isOwn = ({ type = '' }: Secret) => OWN_TYPES.includes(type);
  const found = await Promise.all([
    ...['tls', 'web-tls'].map((suffix) => find(Certificate, `${serverName}-${suffix}`, isApplied)),
    ...secretNames(server, memory).map((name) => find(Secret, name, isOwn)),
    ...volumeNames(memory).map((name) => find(DataVolume, name)),
  ]);
  return found.flat();
}

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
