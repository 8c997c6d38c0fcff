/** Field types that several resources share. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { type CelRule, celRules } from './crd/cel-rules.ts';

const QUANTITY = /^[0-9]+(\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;
const QUANTITY_FAULT =
  'must be a quantity such as 500m, 2, 512Mi or 1Gi: a number, not negative, with a suffix of Kubernetes or none';
const IS_QUANTITY: CelRule = {
  rule: `self.matches('${QUANTITY.source.replaceAll('\\', '\\\\')}')`,
  message: QUANTITY_FAULT,
};

/** A Kubernetes quantity written as a string, such as `1Gi` or `500m`. */
export const Quantity = z
  .string()
  .max(32)
  .refine((text) => QUANTITY.test(text), QUANTITY_FAULT)
  .meta(celRules(IS_QUANTITY));

/** A quantity of bytes within bounds, such as `32Mi` and `4Ti`. */
export function sizeBetween(least: string, most: string) {
  return Quantity.meta(
    celRules(IS_QUANTITY, {
      rule: `!isQuantity(self) || (quantity(self).compareTo(quantity('${least}')) >= 0 && quantity(self).compareTo(quantity('${most}')) <= 0)`,
      message: `must be at least ${least} and at most ${most}; a bare number is bytes`,
    }),
  );
}

/** Labels, or what selects by labels: as in meta/v1, but for the keys, which the cluster checks. */
export const LabelMap = z
  .record(
    z.string(),
    z
      .string()
      .max(63)
      .meta(
        celRules({
          rule: "self.matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$')",
          message:
            'must be a label value: 63 letters, digits, dashes, underscores and dots at most, a letter or digit at both ends',
        }),
      ),
  )
  .meta({ maxProperties: 64 });

export const AnnotationMap = z.record(z.string(), z.string().max(4096)).meta({ maxProperties: 64 });

/** Each item is listed once. */
export const SET = { 'x-kubernetes-list-type': 'set' };

export const IS_OBJECT_NAME: CelRule = {
  rule: "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",
  message: 'must be the name of an object: lower-case letters, digits, dashes and dots, a letter or digit at both ends',
};

/** The name of an object in the same namespace. */
export const ObjectNameText = z.string().min(1).max(253).meta(celRules(IS_OBJECT_NAME));

/** A reference to an OCI image. Its parts are judged by whoever pulls it. */
export const ImageReference = z
  .string()
  .min(1)
  .max(512)
  .meta(
    celRules({
      rule: "self.matches('^[A-Za-z0-9][^ \\t\\r\\n]*$')",
      message:
        'must be an image reference without spaces, such as registry.example/name:tag or registry.example/name@sha256:…',
    }),
  );

/** 64 hex digits. */
export const Sha256Text = z
  .string()
  .max(64)
  .refine((text) => /^[0-9a-f]{64}$/.test(text), 'must be 64 lower-case hex digits')
  .meta(
    celRules({
      rule: "self.matches('^[0-9a-f]{64}$')",
      message: 'must be 64 lower-case hex digits, as sha256sum prints them',
    }),
  );

/** One key of a Secret in the same namespace. */
export const SecretKeyRef = z.object({
  name: ObjectNameText.describe('Name of the Secret.'),
  key: z
    .string()
    .min(1)
    .max(253)
    .meta(
      celRules({
        rule: "self.matches('^[-._a-zA-Z0-9]+$')",
        message: 'must be a key of a Secret: letters, digits, dashes, underscores and dots',
      }),
    )
    .describe('Key within the Secret.'),
});

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
export const Toleration = z
  .object({
    key: z
      .string()
      .max(316)
      .exactOptional()
      .describe('Taint that is put up with. Absent, with operator Exists: every one.'),
    operator: z
      .enum(['Exists', 'Equal'])
      .exactOptional()
      .describe('Exists: whatever the value of the taint. Equal, which is the default: that value only.'),
    value: z.string().max(63).exactOptional().describe('Value of the taint, with operator Equal.'),
    effect: z
      .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])
      .exactOptional()
      .describe('Which effect of the taint. Absent: all of them.'),
    tolerationSeconds: z
      .int()
      .min(0)
      .exactOptional()
      .describe('For how long, with effect NoExecute. Absent: for ever.'),
  })
  .meta(
    celRules(
      {
        rule: "!has(self.operator) || self.operator != 'Exists' || !has(self.value) || self.value == ''",
        message: 'value is for operator Equal; remove it, or the operator Exists',
      },
      {
        rule: "(has(self.key) && self.key != '') || (has(self.operator) && self.operator == 'Exists')",
        message: 'key must be set, or operator Exists, which without a key puts up with every taint',
      },
      {
        rule: "!has(self.tolerationSeconds) || (has(self.effect) && self.effect == 'NoExecute')",
        message: 'tolerationSeconds is for effect NoExecute',
      },
    ),
  );

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
