import { generateKeyPair, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { issueServingCertificate } from '../apiserver/tls/certificate.ts';
import type { Files } from './arguments.ts';

export interface Secrets {
  /** PEM. */
  ca: string;
  /** Bearer token of a member of `system:masters`. */
  adminToken: string;
}

/** Makes the keys and certificates of one control plane, in a folder of their own. */
export async function writeFiles(
  folder: string,
  etcdData: string,
  now: number,
): Promise<{ files: Files; secrets: Secrets }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  const [certificate, serviceAccounts] = await Promise.all([issueServingCertificate(now), keyPair()]);
  const adminToken = randomBytes(32).toString('base64url');
  const files: Files = {
    ca: at('ca.crt'),
    certificate: at('serving.crt'),
    privateKey: at('serving.key'),
    serviceAccountKey: at('sa.key'),
    serviceAccountPublicKey: at('sa.pub'),
    tokens: at('tokens.csv'),
    etcdData,
    kubeconfig: at('admin.kubeconfig'),
  };
  const contents: [string, string][] = [
    [files.ca, certificate.ca],
    [files.certificate, certificate.certificate],
    [files.privateKey, certificate.privateKey],
    [files.serviceAccountKey, serviceAccounts.privateKey],
    [files.serviceAccountPublicKey, serviceAccounts.publicKey],
    [files.tokens, `${adminToken},admin,1,system:masters\n`],
  ];
  await Promise.all(contents.map(([path, text]) => writeFile(path, text, { mode: 0o600 })));
  return { files, secrets: { ca: certificate.ca, adminToken } };
}

function keyPair(): Promise<{ publicKey: string; privateKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
