import { z } from 'zod';
import { AccessSettings } from './access-settings.ts';
import { AnweddolServerSpec, Iso } from './anweddol-server.ts';

/** What a server pod is told: whose pod it is, and the parts of the resource that it acts on. */
export const ServerSettings = z.object({
  server: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }),
  spec: AnweddolServerSpec.pick({
    listenPort: true,
    clientTimeoutSeconds: true,
    containers: true,
    service: true,
  }).extend({ iso: Iso.required({ sha256: true }) }),
  access: AccessSettings.prefault({}),
});

export type ServerSettings = z.infer<typeof ServerSettings>;

/** Where a server pod finds what the operator mounts into it. */
export const SERVER_FILES = {
  settings: '/etc/anweddol/settings/settings.json',
  privateKey: '/etc/anweddol/key/private.pem',
  endpointPassword: '/etc/anweddol/endpoint/password',
  accessTokens: '/etc/anweddol/access-tokens/tokens.json',
  tlsCertificate: '/etc/anweddol/tls/tls.crt',
  tlsKey: '/etc/anweddol/tls/tls.key',
  webCertificate: '/etc/anweddol/web-tls/tls.crt',
  webKey: '/etc/anweddol/web-tls/tls.key',
} as const;

/** The SSH ports of a server, one for each slot, ascending. */
export function slotPorts(spec: { containers: { maxRunning: number }; service: { firstSshPort: number } }): number[] {
  return Array.from({ length: spec.containers.maxRunning }, (_, slot) => spec.service.firstSshPort + slot);
}
