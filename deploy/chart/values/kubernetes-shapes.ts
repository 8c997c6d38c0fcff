/** Kubernetes' own shapes, of which the API server knows more than a chart should. */
import * as z from 'zod';

/** Of labels, annotations and node selectors. */
export const StringMap = z.record(z.string(), z.string());

/** Whatever Kubernetes takes there. */
export const PassedOn = z.looseObject({});

export const PassedOnList = z.array(PassedOn);

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Of an object that may have dots in its name. */
export const ObjectName = z.string().max(253).regex(SUBDOMAIN);

export const OptionalObjectName = z.string().max(253).regex(optional(SUBDOMAIN));

export const NamespaceName = z.string().max(63).regex(LABEL);

/** Of something that makes a Service, or a name with a suffix. */
export const OptionalShortName = z.string().max(63).regex(optional(LABEL));

/** Such as `30s`, `1m30s`; empty for none. */
export const OptionalDuration = z.string().regex(/^(([0-9]+(ms|s|m|h))+)?$/);

/** Of something on the web, without what a link adds to it; empty for none. */
export const OptionalAddress = z.string().regex(/^(https?:\/\/[^\s?#]+)?$/);

export const Port = z.int().min(1).max(65_535);

/** IPv4 or IPv6 with a prefix length; the operator reads it more closely. */
export const Network = z.string().regex(/^[0-9a-fA-F:.]+\/[0-9]{1,3}$/);

function optional(pattern: RegExp): RegExp {
  return new RegExp(`^$|${pattern.source}`);
}
