import * as z from 'zod';
import { AccessSettings } from './access-settings.ts';
import { AnweddolServerSpec } from './anweddol-server.ts';
import { ObjectNameText } from './common-fields.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Where the machines' disk is, whatever put it there, and what is on it. */
const BootSource = z.object({
  sha256: Sha256,
  image: z.string().optional(),
  imagePullSecret: ObjectNameText.optional(),
  /** Absent: `image` is given. */
  persistentVolumeClaim: ObjectNameText.optional(),
});

/** What a server pod is told: whose pod it is, and what it acts on. */
export const ServerSettings = z.object({
  server: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }),
  spec: AnweddolServerSpec.pick({
    listenPort: true,
    clientTimeoutSeconds: true,
    containers: true,
    service: true,
  }).extend({ iso: BootSource }),
  access: AccessSettings.prefault({}),
  /** The key of the pod is its own, made at its start; `bits` is its size then. Absent: it is mounted. */
  onetimeKey: z.object({ bits: z.int() }).optional(),
  /** Where clients find the server, once that is known. */
  address: z.object({ host: z.string() }).optional(),
  logLevel: z.string().default('info'),
});

export type ServerSettings = z.infer<typeof ServerSettings>;

/**
 * The part that a server pod reads once, at its start: a change of it needs new pods. All the rest is read again while it
 * runs.
 */
export function fixedSettings({ server, spec, access, onetimeKey, logLevel }: ServerSettings): unknown {
  const { ipFilter: _, ...doors } = access;
  return { server, listenPort: spec.listenPort, endpoint: spec.containers.endpoint, doors, onetimeKey, logLevel };
}

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
