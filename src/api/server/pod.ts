/** The server pods. */
import { z } from 'zod';
import { LabelMap, ObjectNameText, Quantity, Toleration } from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

const Resources = z.record(z.string(), Quantity).meta({ maxProperties: 8 });

const NOT_OURS = {
  rule: "self.all(key, !key.startsWith('anweddol.io/') && !key.startsWith('app.kubernetes.io/'))",
  message: 'keys that begin with anweddol.io/ or app.kubernetes.io/ are the operator’s',
};

export const Pod = z
  .object({
    image: z.string().min(1).max(512).optional().describe("Default: the operator's own image."),
    imagePullSecrets: z.array(ObjectNameText).max(8).optional().describe('Names of Secrets to pull it with.'),
    labels: LabelMap.meta(celRules(NOT_OURS)).optional(),
    annotations: LabelMap.meta(celRules(NOT_OURS)).optional(),
    nodeSelector: LabelMap.optional(),
    tolerations: z.array(Toleration).max(32).optional(),
    affinity: z
      .record(z.string(), z.unknown())
      .meta({ 'x-kubernetes-preserve-unknown-fields': true })
      .optional()
      .describe('As of a Pod. Server pods spread over nodes anyway.'),
    priorityClassName: ObjectNameText.optional(),
    resources: z
      .object({
        requests: Resources.default({ cpu: '100m', memory: '96Mi' }),
        limits: Resources.default({ memory: '256Mi' }),
      })
      .prefault({}),
    maxConnections: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(2048)
      .describe('Connections that one server pod holds at a time; more are refused.'),
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('The least level that is logged.'),
  })
  .prefault({})
  .describe('The server pods.');
