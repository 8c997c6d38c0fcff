import type { AccessSettings } from '../../api/access-settings.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { ServerSettings } from '../../api/server-settings.ts';
import type { Facts } from '../observe.ts';

/**
 * What server pods are told, and what warm machines are made of; undefined while no machine can be made, as its ISO or
 * the platform is not there. The same resource and the same facts give the same settings.
 */
export function serverSettings(server: AnweddolServer, facts: Pick<Facts, 'iso' | 'platform' | 'address'>) {
  const { iso, platform, address } = facts;
  if (!iso.sha256 || !platform.rebootPolicy) return undefined;
  const { name, namespace, uid } = server.metadata;
  const { keys, containers, pod } = server.spec;
  const { image, imagePullSecret } = server.spec.iso;
  // Parsing keeps just the fields that server pods act on, so that no other change reaches them.
  return ServerSettings.parse({
    server: { name, namespace, uid },
    spec: {
      ...server.spec,
      containers: { ...containers, rebootPolicy: platform.rebootPolicy },
      iso: {
        sha256: iso.sha256,
        ...(iso.claimName ? { persistentVolumeClaim: iso.claimName } : { image, imagePullSecret }),
      },
    },
    access: accessSettings(server),
    ...(keys.onetime && { onetimeKey: { bits: keys.bits } }),
    ...(address.host && { address: { host: address.host } }),
    logLevel: pod.logLevel,
  });
}

function accessSettings({ spec }: AnweddolServer): Partial<AccessSettings> {
  const { service, ipFilter, accessTokens, tls, web, pod } = spec;
  return {
    clientAddress: service.clientAddress,
    trustedProxies: service.trustedProxies ?? [],
    ...(ipFilter && { ipFilter }),
    accessTokens,
    tls: { enabled: tls.enabled },
    web: { enabled: web.enabled, port: web.port, tls: web.tls.enabled },
    maxConnections: pod.maxConnections,
  };
}
