import { DEFAULT_CLIENT_TIMEOUT } from '../../wire/constants.ts';
import type { LiveOptions } from '../server-options.ts';
import { createIpFilter, type IpFilter } from './ip-filter.ts';

/** What may change while a server runs; whoever goes by it asks each time. */
export class LiveRules {
  #clientTimeout = DEFAULT_CLIENT_TIMEOUT;
  #filter: IpFilter | undefined;

  /** @throws `ValueError` `BadCidr` */
  constructor(options: LiveOptions) {
    this.replace(options);
  }

  /** Seconds. */
  get clientTimeout(): number {
    return this.#clientTimeout;
  }

  allows(address: string): boolean {
    return this.#filter?.allows(address) ?? true;
  }

  /** @throws `ValueError` `BadCidr`: all stays as it was then */
  replace({ clientTimeout = DEFAULT_CLIENT_TIMEOUT, ipFilter }: LiveOptions): void {
    this.#filter = ipFilter && createIpFilter(ipFilter);
    this.#clientTimeout = clientTimeout;
  }
}
