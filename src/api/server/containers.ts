/** The virtual machines that clients are given. */
import * as z from 'zod';
import { LabelMap, ObjectNameText, Port, SecretKeyRef, sizeBetween, Toleration } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';
import { Isolation } from './isolation.ts';

const USER_NAME = /^[a-z_][a-z0-9_-]{0,31}$/;
const USER_NAME_FAULT =
  'must be a user name of 32 lower-case letters, digits, dashes and underscores at most, a letter or underscore first';

const Endpoint = z
  .object({
    username: z
      .string()
      .max(32)
      .refine((name) => USER_NAME.test(name), USER_NAME_FAULT)
      .default('endpoint')
      .meta(celRules({ rule: `self.matches('${USER_NAME.source}')`, message: USER_NAME_FAULT }))
      .describe("The ISO's bootstrap user. Change it where your ISO has another. Default: endpoint."),
    passwordSecretRef: SecretKeyRef.optional().describe(
      "Where the bootstrap user's password is kept; set it where your ISO has one of its own. Default: the one that public ISOs have, endpoint.",
    ),
    port: Port.default(22).describe("The SSH server's port inside the container. Default: 22."),
  })
  .prefault({})
  .describe('How the server logs into a fresh container to set up its user.');

export const Containers = z
  .object({
    maxRunning: z
      .int()
      .min(1)
      .max(1000)
      .default(6)
      .describe(
        'Slots: never more virtual machines than this, warm ones included. Each has an SSH port of its own; what is running stays when it is lowered. Default: 6.',
      ),
    warm: z
      .int()
      .min(0)
      .max(1000)
      .default(0)
      .describe(
        'Containers kept booted ahead of demand, so that clients need not wait for a boot; each costs its memory. Default: 0.',
      ),
    warmStartsAtOnce: z
      .int()
      .min(1)
      .max(100)
      .default(4)
      .describe(
        'How many warm containers may be booting at a time. Raise it for pools that must fill fast, on nodes that can bear it. Default: 4.',
      ),
    memory: sizeBetween('32Mi', '4Ti')
      .default('1Gi')
      .describe(
        'Memory of each container, 32Mi to 4Ti. The system lives in it, so it must hold the unpacked ISO as well. Default: 1Gi.',
      ),
    vcpus: z.int().min(1).max(64).default(1).describe('Virtual CPUs of each container. Default: 1.'),
    scratchDisk: sizeBetween('1Mi', '64Ti')
      .optional()
      .describe('Size of an empty disk beside the ISO. Default: none, the system lives in memory.'),
    startTimeoutSeconds: z
      .int()
      .min(10)
      .max(3600)
      .default(180)
      .describe(
        'Seconds after its claim within which a container must be ready; else it is destroyed. Raise it where machines boot slowly, as without KVM. Default: 180.',
      ),
    maxLifetimeSeconds: z
      .int()
      .min(10)
      .max(2_592_000)
      .default(86_400)
      .describe('Seconds after its claim when a container is destroyed, in use or not. Default: 86400, a day.'),
    rebootPolicy: z
      .enum(['Terminate', 'Reboot'])
      .default('Terminate')
      .describe(
        'What a reset of the machine does. The system lives in memory, so a machine that comes back has its bootstrap user back: Terminate ends it instead. KubeVirt 1.8 needs its feature gate RebootPolicy for that, older releases do not know it; Reboot leaves it to KubeVirt. Default: Terminate.',
      ),
    endpoint: Endpoint,
    isolation: Isolation,
    nodeSelector: LabelMap.optional().describe(
      'Nodes that containers may run on, by their labels. Default: all that KubeVirt uses.',
    ),
    tolerations: z.array(Toleration).max(32).optional().describe('Taints of nodes that containers put up with.'),
    priorityClassName: ObjectNameText.optional().describe(
      'Name of the PriorityClass of containers: who goes first when nodes are full. Default: that of the cluster.',
    ),
  })
  .meta(
    celRules(
      {
        rule: 'self.warm <= self.maxRunning',
        message: 'warm must not be more than maxRunning: a warm container holds a slot',
      },
      {
        rule: 'self.startTimeoutSeconds <= self.maxLifetimeSeconds',
        message: 'maxLifetimeSeconds must not be less than startTimeoutSeconds: no container could become ready',
      },
    ),
  )
  .prefault({})
  .describe('The virtual machines that clients are given.');
