/** The virtual machines that clients are given. */
import { z } from 'zod';
import { LabelMap, ObjectNameText, Port, Quantity, SecretKeyRef, Toleration } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';
import { Isolation } from './isolation.ts';

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

export const Containers = z
  .object({
    maxRunning: z
      .int()
      .min(1)
      .max(1000)
      .default(6)
      .describe('Slots: never more virtual machines than this, warm ones included. Each has an SSH port of its own.'),
    warm: z
      .int()
      .min(0)
      .max(1000)
      .default(0)
      .describe('Containers kept booted ahead of demand, so that clients need not wait for a boot.'),
    warmStartsAtOnce: z.int().min(1).max(100).default(4).describe('How many warm containers may be booting at a time.'),
    memory: Quantity.default('1Gi')
      .meta(
        celRules({
          rule: "!isQuantity(self) || (quantity(self).compareTo(quantity('32Mi')) >= 0 && quantity(self).compareTo(quantity('4Ti')) <= 0)",
          message: 'must be at least 32Mi and at most 4Ti; a bare number is bytes',
        }),
      )
      .describe('Memory of each container.'),
    vcpus: z.int().min(1).max(64).default(1).describe('Virtual CPUs of each container.'),
    scratchDisk: Quantity.optional().describe(
      'Size of an empty disk beside the ISO. Default: none, the system lives in memory.',
    ),
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
    isolation: Isolation,
    nodeSelector: LabelMap.optional().describe('Nodes that containers may run on, by their labels.'),
    tolerations: z.array(Toleration).max(32).optional().describe('Taints of nodes that containers put up with.'),
    priorityClassName: ObjectNameText.optional().describe('Priority of containers when nodes are full.'),
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
