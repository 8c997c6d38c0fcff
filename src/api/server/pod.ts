/** The server pods. */
import * as z from 'zod';
import {
  AnnotationMap,
  ImageReference,
  LabelMap,
  ObjectNameText,
  Quantity,
  SET,
  Toleration,
} from '../common-fields.ts';
import { celRules } from '../crd/cel-rules.ts';

const Resources = z.record(z.string(), Quantity).meta({ maxProperties: 8 });

const NOT_OURS = {
  rule: "self.all(key, !key.startsWith('anweddol.io/') && !key.startsWith('app.kubernetes.io/'))",
  message: 'keys that begin with anweddol.io/ or app.kubernetes.io/ are the operator’s; choose others',
};

/** Somebody else's type, which is judged when the pods are made. */
const AsOfPod = z
  .record(z.string(), z.unknown())
  .meta({ 'x-kubernetes-preserve-unknown-fields': true })
  .exactOptional();

export const Pod = z
  .object({
    image: ImageReference.optional().describe(
      "Image of the server pods. Default: the operator's own image, which fits it.",
    ),
    imagePullSecrets: z
      .array(ObjectNameText)
      .max(8)
      .meta(SET)
      .optional()
      .describe('Names of Secrets, in this namespace, to pull the image with.'),
    labels: LabelMap.meta(celRules(NOT_OURS)).optional().describe('More labels of the pods. 64 at most.'),
    annotations: AnnotationMap.meta(celRules(NOT_OURS))
      .optional()
      .describe('More annotations of the pods. 64 at most.'),
    nodeSelector: LabelMap.optional().describe('Nodes that the pods may run on, by their labels. Default: all.'),
    tolerations: z.array(Toleration).max(32).optional().describe('Taints of nodes that the pods put up with.'),
    affinity: z
      .object({
        nodeAffinity: AsOfPod.describe('As of a Pod.'),
        podAffinity: AsOfPod.describe('As of a Pod.'),
        podAntiAffinity: AsOfPod.describe('As of a Pod.'),
      })
      .optional()
      .describe('As of a Pod. Not needed to spread the pods over nodes: they are anyway, where that is possible.'),
    priorityClassName: ObjectNameText.optional().describe(
      'Name of the PriorityClass of the pods. Default: that of the cluster.',
    ),
    resources: z
      .object({
        requests: Resources.default({ cpu: '100m', memory: '96Mi' }).describe(
          'What a node must have left for a pod. Default: cpu 100m, memory 96Mi. Raise cpu where many clients connect at once: each handshake costs about 5 ms of a core.',
        ),
        limits: Resources.default({ memory: '256Mi' }).describe(
          'What a pod may use at most; one that goes past its memory is ended. Default: memory 256Mi. Raise it together with maxConnections.',
        ),
      })
      .prefault({})
      .describe('CPU and memory of each server pod.'),
    maxConnections: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(2048)
      .describe(
        'Connections that one server pod holds at a time; beyond, the one that has been silent longest goes. Default: 2048.',
      ),
    logLevel: z
      .enum(['debug', 'info', 'warn', 'error'])
      .default('info')
      .describe('The least level that the pods log. A change rolls them. Default: info.'),
  })
  .prefault({})
  .describe('The server pods: they speak the protocol, and hold no state.');
