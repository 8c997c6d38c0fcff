import { systemClock } from '../../runtime/system-clock.ts';
import { ValueError } from '../../wire/errors.ts';
import { Penalties } from '../admission/penalties.ts';
import { SourceLimits } from '../admission/source-limits.ts';
import { Sources } from '../connections/sources.ts';
import type { RefusalReason } from '../server-metrics.ts';
import type { ServerInterfaceOptions } from '../server-options.ts';
import { type CidrList, parseCidrs } from './cidr-list.ts';
import { createIpFilter } from './ip-filter.ts';

/** Who may connect, as the options of a server say; it stays so for a run. */
export interface AccessRules {
  /** Undefined where addresses of clients are not known. */
  sources: Sources | undefined;
  trustedProxies: CidrList | undefined;
}

/** @throws `ValueError` `BadCidr`; `BadOption` for a filter where there is nothing to filter by */
export function accessRules(options: ServerInterfaceOptions, refused: (reason: RefusalReason) => void): AccessRules {
  const { ipFilter, trustedProxies, clock = systemClock } = options;
  const isKnown = options.clientAddresses === 'known' || trustedProxies !== undefined;
  if (ipFilter && !isKnown) {
    throw new ValueError('BadOption', 'ipFilter: needs known addresses: set clientAddresses or trustedProxies');
  }
  if (ipFilter) createIpFilter(ipFilter);
  const sources = () =>
    new Sources(new SourceLimits(options.sourceLimits), new Penalties({ ...options.penalties, clock }), refused);
  return {
    sources: isKnown ? sources() : undefined,
    trustedProxies: trustedProxies && parseCidrs('trustedProxies', trustedProxies),
  };
}
