import type { AccessSettings } from '../../api/access-settings.ts';
import { SERVER_FILES } from '../../api/server-settings.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { openTokenFile } from '../../server/access/token-file.ts';
import type { ServerInterfaceOptions } from '../../server/server-options.ts';
import { openCertificateFiles } from '../../server/tls/certificate-files.ts';

type AccessOptions = Pick<
  ServerInterfaceOptions,
  'clientAddresses' | 'trustedProxies' | 'ipFilter' | 'accessTokens' | 'tls' | 'web' | 'maxConnections'
>;

type AccessFiles = Record<'accessTokens' | 'tlsCertificate' | 'tlsKey' | 'webCertificate' | 'webKey', string>;

/**
 * What the settings say of a server's doors, with the files that they need opened; these are read again on change until
 * the stack is disposed.
 * @param paths default: where the operator mounts them
 * @throws Error naming the file that cannot be read or is not what it should be
 */
export async function accessOptions(
  access: AccessSettings,
  files: AsyncDisposableStack,
  given: { clock: Clock; log: Log },
  paths: AccessFiles = SERVER_FILES,
): Promise<AccessOptions> {
  const { clientAddress, trustedProxies, ipFilter, accessTokens, tls, web, maxConnections } = access;
  const certificate = async (certificateFile: string, keyFile: string) =>
    files.use(await openCertificateFiles({ certificateFile, keyFile }, given));
  return {
    maxConnections,
    clientAddresses: clientAddress === 'none' ? 'unknown' : 'known',
    ...(clientAddress === 'proxyProtocol' && { trustedProxies }),
    ...(ipFilter && { ipFilter }),
    ...(accessTokens.required && { accessTokens: files.use(await openTokenFile(paths.accessTokens, given)) }),
    ...(tls.enabled && { tls: await certificate(paths.tlsCertificate, paths.tlsKey) }),
    ...(web.enabled && {
      web: {
        listenPort: web.port,
        ...(web.tls && { tls: await certificate(paths.webCertificate, paths.webKey) }),
      },
    }),
  };
}
