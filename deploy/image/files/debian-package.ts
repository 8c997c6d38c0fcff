/** The Debian packages of which the image holds a part, and what apt says of them. */

export interface WantedPackage {
  name: string;
  /** SPDX, of the files that the image takes; Debian's own file says it in full. */
  licence: string;
  /** From a path in the package to the path in the image. */
  files: Record<string, string>;
}

/** A package as apt would download it. */
export interface Offer {
  name: string;
  version: string;
  /** Of the package file, hex. */
  sha256: string;
}

const LIBRARIES = 'usr/lib/x86_64-linux-gnu';
const GCC = 'GPL-3.0-or-later WITH GCC-exception-3.1';

const libraries = (folder: string, names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [`${folder}/x86_64-linux-gnu/${name}`, `${LIBRARIES}/${name}`]));

/** What Node's program is linked with, where names and certificates come from, and nothing else: no shell, no tools. */
export const WANTED: readonly WantedPackage[] = [
  { name: 'base-files', licence: 'GPL-2.0-or-later', files: { 'usr/lib/os-release': 'usr/lib/os-release' } },
  { name: 'ca-certificates', licence: 'MPL-2.0', files: {} },
  { name: 'gcc-12-base', licence: GCC, files: {} },
  {
    name: 'libc6',
    licence: 'LGPL-2.1-or-later',
    files: {
      ...libraries('lib', ['libc.so.6', 'libdl.so.2', 'libm.so.6', 'libpthread.so.0']),
      // Where programs name it.
      'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2': 'lib64/ld-linux-x86-64.so.2',
    },
  },
  { name: 'libgcc-s1', licence: GCC, files: libraries('lib', ['libgcc_s.so.1']) },
  { name: 'libstdc++6', licence: GCC, files: libraries('usr/lib', ['libstdc++.so.6']) },
];

/**
 * What `apt-cache show` prints, the first version of each package that it names.
 * @throws Error naming what apt does not offer
 */
export function readOffers(text: string, names: readonly string[]): Offer[] {
  const offers = new Map<string, Offer>();
  for (const paragraph of text.split(/\n\n+/)) {
    const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(paragraph)?.[1] ?? '';
    const offer = { name: field('Package'), version: field('Version'), sha256: field('SHA256') };
    if (/^[0-9a-f]{64}$/.test(offer.sha256) && !offers.has(offer.name)) offers.set(offer.name, offer);
  }
  const missing = names.filter((name) => !offers.has(name));
  if (missing.length > 0) {
    throw new Error(
      `apt offers no ${missing.join(', ')}: this needs Debian 12; run 'apt-get update' as root if it is one`,
    );
  }
  return names.map((name) => offers.get(name) as Offer);
}
