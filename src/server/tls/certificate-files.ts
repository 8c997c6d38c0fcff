import type { SecureContext } from 'node:tls';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { WatchedFile } from '../../runtime/watched-file.ts';
import { readCertificate, type ServerCertificate } from './read-certificate.ts';

export interface CertificateFiles {
  /** A chain in PEM, the server's own certificate first. */
  certificateFile: string;
  /** The private key of that certificate, PEM, not encrypted. */
  keyFile: string;
}

/** What a server proves who it is with, as of now. */
export interface TlsCredentials {
  /** For new connections. Another object after each change. */
  readonly current: SecureContext;
  /** What clients pin: SHA-256 of the certificate's SubjectPublicKeyInfo, 64 lower-case hex digits. */
  readonly publicKeySha256: string;
}

export interface CertificateFilesOptions {
  clock: Clock;
  log: Log;
  /** Between two looks at the files. */
  intervalMs?: number | undefined;
}

/**
 * Follows a certificate and its key. When a change leaves something that is of no use, as it does between the writing of
 * the one file and of the other, what was there before stays.
 * @throws `ValueError` `BadCertificate`, or what the system says, when the files are of no use to begin with
 */
export async function openCertificateFiles(
  { certificateFile, keyFile }: CertificateFiles,
  { clock, log, intervalMs }: CertificateFilesOptions,
): Promise<TlsCredentials & Disposable> {
  const parse = ([certificate, key]: readonly [Buffer, Buffer]): ServerCertificate =>
    readCertificate({ certificate: { file: certificateFile, pem: certificate }, key: { file: keyFile, pem: key } });
  const tell = ({ publicKeySha256, notAfter }: ServerCertificate): void =>
    log.info({ certificateFile, publicKeySha256, notAfter }, 'TLS certificate read');
  const files = await WatchedFile.open([certificateFile, keyFile], {
    parse,
    clock,
    ...(intervalMs !== undefined && { intervalMs }),
    onReload: tell,
    onError: (err: unknown) => log.warn({ certificateFile, err }, 'TLS certificate not taken, the one before stays'),
  });
  tell(files.current);
  return {
    get current() {
      return files.current.context;
    },
    get publicKeySha256() {
      return files.current.publicKeySha256;
    },
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}
