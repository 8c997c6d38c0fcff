/** Starts an in-memory Kubernetes API server on loopback. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { stringify } from 'yaml';
import type { Clock } from '../../runtime/clock.ts';
import { AdmissionPolicies } from './admission/policies/admission-policies.ts';
import { Authorizer } from './auth/authorizer.ts';
import { ServiceAccountTokens } from './auth/service-account-tokens.ts';
import { timestamp } from './base/kube-object.ts';
import { ruleEnvironment } from './cel/environment.ts';
import type { Admission, PodLogs, Server } from './handlers/context.ts';
import { removeUnconditionally } from './handlers/delete.ts';
import { requestListener } from './http/listener.ts';
import { createInitialObjects } from './initial-objects.ts';
import { CORE_RESOURCES } from './registry/core-resources.ts';
import { customBehaviour } from './registry/custom-behaviour.ts';
import { serveCustomResources } from './registry/custom-lifecycle.ts';
import { defineResource } from './registry/define.ts';
import { GROUP_RESOURCES } from './registry/group-resources.ts';
import { Registry } from './registry/registry.ts';
import { builtinSchemas } from './schema/builtin-schemas.ts';
import { ObjectStore } from './storage/object-store.ts';
import { issueServingCertificate } from './tls/certificate.ts';

export interface ApiServerOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  clock: Clock;
  log: Logger;
  /** Called in order for every write. */
  admission?: readonly Admission[];
  /** Where `kubectl logs` gets the output of containers from. Absent: such requests are refused with 405. */
  podLogs?: PodLogs;
  /** How many events of each resource a watch can go back. Default 5000. */
  history?: number;
}

export interface ApiServer {
  /** Such as `https://127.0.0.1:41234`. */
  readonly url: string;
  /** PEM. */
  readonly caCertificate: string;
  /** Bearer token of a member of `system:masters`. */
  readonly adminToken: string;
  /** YAML of a kubeconfig for the administrator. */
  kubeconfig(): string;
  /** Ends all connections at once. */
  close(): Promise<void>;
}

const DEFAULT_HISTORY = 5000;
const TOKEN_BYTES = 32;

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { clock, log } = options;
  const certificate = await issueServingCertificate(clock.now());
  const closing = new AbortController();
  const server = assemble(options, closing.signal);
  createInitialObjects(server);
  const adminToken = randomBytes(TOKEN_BYTES).toString('base64url');
  const https = createServer(
    { cert: certificate.certificate, key: certificate.privateKey, keepAliveTimeout: 60_000 },
    requestListener(server, adminToken),
  );
  https.on('tlsClientError', (error) => log.debug({ err: error }, 'TLS handshake failed'));
  const host = options.host ?? '127.0.0.1';
  const port = await listen(https, options.port ?? 0, host);
  const url = `https://${host}:${port}`;
  return {
    url,
    caCertificate: certificate.ca,
    adminToken,
    kubeconfig: () => kubeconfig(url, certificate.ca, adminToken),
    async close() {
      closing.abort();
      const closed = new Promise<void>((resolve) => https.close(() => resolve()));
      https.closeAllConnections();
      await closed;
    },
  };
}

function assemble(options: ApiServerOptions, closing: AbortSignal): Server {
  const schemas = builtinSchemas();
  const resources = [...CORE_RESOURCES, ...GROUP_RESOURCES].map((builtin) => defineResource(builtin, schemas));
  const store = new ObjectStore({ history: options.history ?? DEFAULT_HISTORY });
  const registry = new Registry(resources);
  const metadataSchema = schemas('ObjectMeta');
  const authorizer = new Authorizer(store);
  const environment = ruleEnvironment();
  const server: Server = {
    store,
    registry,
    clock: options.clock,
    log: options.log,
    admission: options.admission ?? [],
    policies: new AdmissionPolicies(store, authorizer),
    authorizer,
    tokens: new ServiceAccountTokens(store),
    podLogs: options.podLogs,
    schemas,
    metadataSchema,
    closing,
  };
  serveCustomResources({
    store,
    registry,
    kinds: { metadata: metadataSchema, behaviourOf: (schema, scale) => customBehaviour(schema, scale, environment) },
    now: () => timestamp(options.clock.now()),
    remove: (storageKey, object) => removeUnconditionally(server, storageKey, object),
  });
  return server;
}

function listen(https: HttpsServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    https.once('error', reject);
    https.listen(port, host, () => {
      https.off('error', reject);
      resolve((https.address() as AddressInfo).port);
    });
  });
}

function kubeconfig(url: string, ca: string, token: string): string {
  const name = 'embedded';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
