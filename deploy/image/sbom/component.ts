/** The parts of the image, each from where it came. Pure. */
import type { Offer, WantedPackage } from '../files/debian-package.ts';
import type { NodeRuntime } from '../files/node-runtime.ts';
import type { BundledPackage } from './bundled-packages.ts';

export interface Component {
  type: 'library' | 'application';
  /** An npm scope. */
  group?: string | undefined;
  name: string;
  version: string;
  /** SPDX. */
  licence: string;
  /** Of the package as it was published. */
  hash: { alg: 'SHA-256' | 'SHA-512'; content: string };
  /** @see https://github.com/package-url/purl-spec */
  purl: string;
  cpe?: string;
  /** Package URLs of what it needs. */
  needs: string[];
  /** What it has within: name and version. */
  parts?: Record<string, string>;
  properties?: Record<string, string>;
}

/** @param licences of those packages whose licence the lock file does not say, by path */
export function npmComponents(packages: readonly BundledPackage[], licences: ReadonlyMap<string, string>): Component[] {
  const purls = new Map(packages.map((bundled) => [bundled.path, npmPurl(bundled)]));
  return packages.map((bundled) => {
    const { path, name, version, licence = licences.get(path), integrity, needs } = bundled;
    const [group, short] = name.startsWith('@') ? name.split('/') : [undefined, name];
    return {
      type: 'library',
      group,
      name: short ?? name,
      version,
      licence: licence ?? 'NOASSERTION',
      hash: hashOf(integrity),
      purl: purls.get(path) ?? '',
      needs: needs.map((need) => purls.get(need) ?? ''),
    };
  });
}

export function nodeComponent(node: NodeRuntime, needs: string[]): Component {
  const { node: _, ...parts } = node.parts;
  return {
    type: 'application',
    name: 'node',
    version: node.version,
    licence: 'MIT',
    hash: hashOf(node.integrity),
    purl: npmPurl({ name: node.package, version: node.version }),
    cpe: `cpe:2.3:a:nodejs:node.js:${node.version}:*:*:*:*:*:*:*`,
    needs,
    parts,
    properties: { 'anweddol.io:executable-sha256': node.sha256 },
  };
}

export function debianComponent({ name, version, sha256 }: Offer, { licence }: WantedPackage): Component {
  return {
    type: 'library',
    name,
    version,
    licence,
    hash: { alg: 'SHA-256', content: sha256 },
    purl: `pkg:deb/debian/${encode(name)}@${encode(version)}?arch=amd64&distro=debian-12`,
    needs: [],
  };
}

function npmPurl({ name, version }: { name: string; version: string }): string {
  return `pkg:npm/${name.split('/').map(encode).join('/')}@${encode(version)}`;
}

/** As package URLs have it: also `+`, and not `:`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

/** From Subresource Integrity (base64) to hex. @throws Error when it is not SHA-512 */
function hashOf(integrity: string): Component['hash'] {
  const base64 = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(integrity)?.[1];
  if (!base64) throw new Error(`"${integrity}" is no SHA-512 integrity: run npm ci`);
  return { alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') };
}
