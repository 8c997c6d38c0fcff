/** The AnweddolServer resource: one source for its TypeScript type, its defaults and its CustomResourceDefinition. */
import { z } from 'zod';
import { Condition, LabelMap, Quantity, SecretKeyRef } from './common-fields.ts';
import { celRules } from './crd/cel-rules.ts';

const Port = z.int().min(1).max(65535);

export const Iso = z
  .object({
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe('SHA-256 that the ISO must have, 64 hex digits. Default: the one it is found to have.'),
    image: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .describe('OCI image with the ISO under /disk (a containerDisk). Pin it by digest.'),
    persistentVolumeClaim: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe('Name of a claim in this namespace that holds the ISO as disk.img.'),
  })
  .meta(
    celRules({
      rule: 'has(self.image) != has(self.persistentVolumeClaim)',
      message: 'exactly one of image and persistentVolumeClaim must be set',
    }),
  )
  .describe('The container ISO that every container boots from.');

const Endpoint = z
  .object({
    username: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
      .default('endpoint')
      .describe("The ISO's bootstrap user."),
    passwordSecretRef: SecretKeyRef.optional().describe(
      "Where the bootstrap user's password is kept. Default: the one public images have, endpoint.",
    ),
    port: Port.default(22).describe("The SSH server's port inside the container."),
  })
  .prefault({})
  .describe('How the server logs into a fresh container to set up its user.');

const Containers = z
  .object({
    maxRunning: z
      .int()
      .min(1)
      .max(500)
      .default(6)
      .describe('Slots: never more virtual machines than this. Each has an SSH port of its own.'),
    memory: Quantity.default('1Gi').describe('Memory of each container.'),
    vcpus: z.int().min(1).max(64).default(1).describe('Virtual CPUs of each container.'),
    startTimeoutSeconds: z
      .int()
      .min(10)
      .max(3600)
      .default(180)
      .describe('A container that is not ready this long after its claim is destroyed.'),
    maxLifetimeSeconds: z
      .int()
      .min(10)
      .max(2_592_000)
      .default(86_400)
      .describe('A container is destroyed this long after its claim, in use or not.'),
    rebootPolicy: z
      .enum(['Terminate', 'Reboot'])
      .default('Terminate')
      .describe(
        'What a reset of the machine does. The system lives in memory, so a machine that comes back has its bootstrap user back: Terminate ends it instead. KubeVirt 1.8 needs its feature gate RebootPolicy for that, older releases do not know it; Reboot leaves it to KubeVirt.',
      ),
    endpoint: Endpoint,
  })
  .prefault({})
  .describe('The virtual machines that clients are given.');

const Service = z
  .object({
    type: z.enum(['LoadBalancer', 'NodePort', 'ClusterIP']).default('LoadBalancer'),
    annotations: LabelMap.optional().describe('For the load balancer of the cluster.'),
    loadBalancerClass: z.string().min(1).max(253).optional(),
    firstSshPort: z
      .int()
      .min(1024)
      .max(65_535)
      .default(10_000)
      .describe('Slot n is reached at this port + n, on the address of the server.'),
  })
  .prefault({})
  .describe('The Service that clients connect to.');

const Resources = z.record(z.string(), Quantity).meta({ maxProperties: 8 });

const Pod = z
  .object({
    image: z.string().min(1).max(512).optional().describe("Default: the operator's own image."),
    labels: LabelMap.optional(),
    nodeSelector: LabelMap.optional(),
    resources: z
      .object({
        requests: Resources.default({ cpu: '100m', memory: '96Mi' }),
        limits: Resources.default({ memory: '256Mi' }),
      })
      .prefault({}),
  })
  .prefault({})
  .describe('The server pods.');

export const AnweddolServerSpec = z
  .object({
    replicas: z.int().min(0).max(100).default(2).describe('Server pods. They hold no state.'),
    listenPort: Port.default(6150).describe('The port that clients connect to.'),
    clientTimeoutSeconds: z
      .int()
      .min(1)
      .max(300)
      .default(10)
      .describe("A client's whole handshake and request must be done within this."),
    iso: Iso,
    containers: Containers,
    service: Service,
    pod: Pod,
    paused: z.boolean().default(false).describe('The operator leaves this server alone while it is true.'),
  })
  .meta(
    celRules(
      {
        rule: 'self.service.firstSshPort + self.containers.maxRunning - 1 <= 65535',
        message: 'service.firstSshPort + containers.maxRunning must not go past port 65535',
      },
      {
        rule: 'self.listenPort < self.service.firstSshPort || self.listenPort >= self.service.firstSshPort + self.containers.maxRunning',
        message: 'listenPort lies in the range of the SSH ports; move service.firstSshPort or listenPort',
      },
    ),
  );

export const AnweddolServerStatus = z.object({
  observedGeneration: z.int().optional(),
  phase: z.string().max(64).optional().describe('For people; programs read the conditions.'),
  replicas: z.int().optional(),
  readyReplicas: z.int().optional(),
  selector: z.string().max(1024).optional(),
  conditions: z
    .array(Condition)
    .max(16)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .optional(),
  address: z
    .object({ host: z.string().max(253).optional(), port: Port.optional() })
    .optional()
    .describe('Where clients connect to.'),
  publicKey: z
    .object({ sha256: z.string().max(64) })
    .optional()
    .describe("SHA-256 of the server's RSA public key (DER SubjectPublicKeyInfo), hex."),
  iso: z
    .object({
      sha256: z.string().max(64),
      fingerprint: z.string().max(64).describe('Of the source and the digest that were checked together.'),
    })
    .optional()
    .describe('The ISO that was last found to be the announced one.'),
  containers: z
    .object({ running: z.int(), starting: z.int(), ending: z.int(), max: z.int() })
    .optional()
    .describe('How the slots are used.'),
});

export type AnweddolServerSpec = z.infer<typeof AnweddolServerSpec>;
export type AnweddolServerStatus = z.infer<typeof AnweddolServerStatus>;
