/** Where the ISO of a server comes from, and what that is called; pure. */
import { createHash } from 'node:crypto';
import type { AnweddolServer } from '../../api/resources.ts';

/** Identifies what was checked: another source or another digest is another check. */
export function isoFingerprint(server: AnweddolServer): string {
  const { sha256, image, persistentVolumeClaim, http } = server.spec.iso;
  return digestOf([sha256, image, persistentVolumeClaim, ...(http ? [dataVolumeName(server)] : [])]);
}

/** What the status keeps of a check of this source; that of another one says nothing, even with the same digest. */
export function recordedIso(server: AnweddolServer): NonNullable<AnweddolServer['status']>['iso'] {
  const recorded = server.status?.iso;
  return recorded?.fingerprint === isoFingerprint(server) ? recorded : undefined;
}

/** The volume that a download goes to: another one for another download, as what is there may be in use. */
export function dataVolumeName({ metadata, spec }: AnweddolServer): string {
  const { sha256, http } = spec.iso;
  const { url, size, storageClassName, accessMode, secretName, certConfigMap } = http ?? {};
  const digest = digestOf([url, sha256, size, storageClassName, accessMode, secretName, certConfigMap]);
  return `${metadata.name}-iso-${digest.slice(0, 8)}`;
}

/** The claim that machines boot from; undefined where they boot from an image. */
export function isoClaimName(server: AnweddolServer): string | undefined {
  const { persistentVolumeClaim, http } = server.spec.iso;
  return persistentVolumeClaim ?? (http && dataVolumeName(server));
}

/** Whether an image is named so that it means whatever is newest: by the tag `latest`, or by none. */
export function isLatest(image: string): boolean {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return !last.includes(':') || last.endsWith(':latest');
}

/** For people. What in a URL may be a secret is left out. */
export function isoSourceText({ spec }: AnweddolServer): string {
  const { image, persistentVolumeClaim, http } = spec.iso;
  if (!http) return image ?? `claim ${persistentVolumeClaim}`;
  return plainUrl(http.url) ?? 'the ISO';
}

/** What somebody says of a URL, without what in it may be a secret. */
export function withPlainUrls(text: string): string {
  return text.replaceAll(/https?:\/\/[^\s"'<>]+/gi, (url) => plainUrl(url) ?? 'the URL');
}

function plainUrl(text: string): string | undefined {
  const url = URL.parse(text);
  return url ? `${url.origin}${url.pathname}` : undefined;
}

function digestOf(parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
