/** Field types that several resources share. */
import { z } from 'zod';

/** A Kubernetes quantity written as a string, such as `1Gi` or `500m`. */
export const Quantity = z
  .string()
  .max(32)
  .regex(/^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/);

export const LabelMap = z.record(z.string(), z.string().max(4096)).meta({ maxProperties: 64 });

/** One key of a Secret in the same namespace. */
export const SecretKeyRef = z.object({ name: z.string().min(1).max(253), key: z.string().min(1).max(253) });

/** The standard condition, as in meta/v1. */
export const Condition = z.object({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().max(1024),
  message: z.string().max(32_768),
  lastTransitionTime: z.iso.datetime(),
  observedGeneration: z.int().optional(),
});

export type Condition = z.infer<typeof Condition>;
