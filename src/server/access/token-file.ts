import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { WatchedFile } from '../../runtime/watched-file.ts';
import { AccessTokens } from './access-tokens.ts';
import { parseTokenList } from './token-list.ts';

/** Room for a full list with names, written for people. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The access tokens of a list file, read again for as long as it is open; a list that cannot be read or is wrong is
 * logged, and the one before stays. Dispose to end it.
 * @param options.intervalMs between readings. Default 1 s
 * @throws when the first reading fails: as the file system says, or `ValueError` `BadTokenList`
 */
export async function openTokenFile(
  path: string,
  { clock, log, intervalMs }: { clock: Clock; log: Log; intervalMs?: number },
): Promise<{ isValid(token: string): boolean } & Disposable> {
  const file = await WatchedFile.open([path], {
    parse: ([content]) => new AccessTokens(parseTokenList(content), clock),
    clock,
    maxBytes: MAX_BYTES,
    ...(intervalMs === undefined ? {} : { intervalMs }),
    onReload: (tokens) => log.info({ path, ...tokens.count() }, 'access tokens reloaded'),
    onError: (error) => log.error({ path, err: error }, 'access tokens cannot be reloaded, those before stay'),
  });
  log.info({ path, ...file.current.count() }, 'access tokens loaded');
  return {
    isValid: (token) => file.current.isValid(token),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
