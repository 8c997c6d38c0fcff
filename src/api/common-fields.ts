/** Field types that several resources share. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { celRules } from './crd/cel-rules.ts';

/** A Kubernetes quantity written as a string, such as `1Gi` or `500m`. */
export const Quantity = z
  .string()
  .max(32)
  .regex(/^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/);

export const LabelMap = z.record(z.string(), z.string().max(4096)).meta({ maxProperties: 64 });

/** The name of an object in the same namespace. */
export const ObjectNameText = z
  .string()
  .min(1)
  .max(253)
  .meta(
    celRules({
      rule: "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
      message: 'must be the name of an object: lower-case letters, digits, dashes and dots',
    }),
  );

/** One key of a Secret in the same namespace. */
export const SecretKeyRef = z.object({ name: ObjectNameText, key: z.string().min(1).max(253) });

export const Port = z.int().min(1).max(65535);

/** An IPv4 or IPv6 network. */
export const Cidr = z
  .string()
  .max(43)
  .refine(isCidr, 'must be a network such as 203.0.113.0/24 or 2001:db8::/32')
  .meta(celRules({ rule: 'isCIDR(self)', message: 'must be a network such as 203.0.113.0/24 or 2001:db8::/32' }));

/** An IPv4 or IPv6 address. */
export const IpAddress = z
  .string()
  .max(39)
  .refine((text) => isIP(text) !== 0, 'must be an IP address')
  .meta(celRules({ rule: 'isIP(self)', message: 'must be an IP address such as 192.0.2.53' }));

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const family = isIP(address);
  return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** As in core/v1. */
export const Toleration = z.object({
  key: z.string().max(316).exactOptional(),
  operator: z.enum(['Exists', 'Equal']).exactOptional(),
  value: z.string().max(63).exactOptional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).exactOptional(),
  tolerationSeconds: z.int().min(0).exactOptional(),
});

/** The standard condition, as in meta/v1. */
export const Condition = z.object({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().max(1024),
  message: z.string().max(32_768),
  lastTransitionTime: z.iso.datetime(),
  observedGeneration: z.int().optional(),
});

export const Conditions = z
  .array(Condition)
  .max(16)
  .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] });

export type Condition = z.infer<typeof Condition>;
