import { readFile } from 'node:fs/promises';
import type { ServerSettings } from '../../api/server-settings.ts';
import type { Log } from '../../runtime/log.ts';
import { RSAWrapper } from '../../wire/rsa-wrapper.ts';

/**
 * The key that clients know the server by: the mounted one, or one of this pod's own.
 * @throws the system's error when it cannot be read; `ValueError` `BadPrivateKey`
 */
export async function serverKey(
  { onetimeKey }: Pick<ServerSettings, 'onetimeKey'>,
  path: string,
  log: Log,
): Promise<RSAWrapper> {
  const key = onetimeKey
    ? await RSAWrapper.generate({ bits: onetimeKey.bits })
    : await RSAWrapper.fromPem(await readFile(path, 'utf8'));
  log.info({ sha256: key.publicKeySha256, onetime: onetimeKey !== undefined }, 'public key');
  return key;
}
