/** The account of what the image is made of: a bill of materials for programs, and the licences for people. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { VERSION } from '../../../src/version.ts';
import type { UnpackedPackage } from '../files/debian-download.ts';
import { WANTED, type WantedPackage } from '../files/debian-package.ts';
import type { NodeRuntime } from '../files/node-runtime.ts';
import { type BundledPackage, bundledPackages, LockFile } from './bundled-packages.ts';
import { type Component, debianComponent, nodeComponent, npmComponents } from './component.ts';
import { cyclonedx } from './cyclonedx.ts';
import { checkLicence } from './licences.ts';
import { debianNotice, type Notice, noticesText, npmLicence, npmNotice } from './notices.ts';

export interface Sources {
  metafile: Pick<Metafile, 'outputs'>;
  node: NodeRuntime;
  packages: readonly UnpackedPackage[];
  /** Seconds since 1970. */
  created: number;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What Debian's accounts refer to, in the package base-files. */
const COMMON_LICENCES = ['GPL-2', 'GPL-3', 'LGPL-2.1', 'MPL-2.0'];
const INTRODUCTION = `What the image of the Anweddol operator is made of besides its own code, and under which terms.
The bill of materials beside this file has versions and checksums; the sources of the Debian packages are
at Debian under those versions.
`;

/** @throws Error when a part has a licence that is not allowed, or no text of it */
export async function account(sources: Sources): Promise<{ bill: string; notices: string }> {
  const { node, packages, created } = sources;
  const lock = LockFile.parse(JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')));
  const bundled = bundledPackages(sources.metafile, lock);
  const npm = npmComponents(bundled, await unlocked(bundled));
  for (const { name, licence } of npm) checkLicence(name, licence, 'bundled');
  const debian = packages.map((unpacked) => debianComponent(unpacked, wanted(unpacked)));
  for (const { name, licence } of debian) checkLicence(name, licence, 'beside');
  const runtime = nodeComponent(
    node,
    debian.map(({ purl }) => purl),
  );
  const components = [...npm, runtime, ...debian];
  const subject = {
    name: 'anweddol-operator',
    version: VERSION,
    licence: 'Apache-2.0',
    needs: [runtime.purl, ...direct(npm)],
  };
  const notices = [
    ...(await npmNotices(bundled, npm)),
    { title: `node ${node.version}`, licence: runtime.licence, text: node.licence },
    ...(await debianNotices(packages)),
  ];
  return { bill: cyclonedx({ subject, components, created }), notices: noticesText(INTRODUCTION, notices) };
}

async function unlocked(bundled: readonly BundledPackage[]): Promise<Map<string, string>> {
  const licences = new Map<string, string>();
  for (const { path, licence } of bundled) {
    const found = licence ? undefined : await npmLicence(join(ROOT, path));
    if (found) licences.set(path, found);
  }
  return licences;
}

/** Those that nothing else in the bundle asks for, which we do then. */
function direct(components: readonly Component[]): string[] {
  const needed = new Set(components.flatMap(({ needs }) => needs));
  return components.map(({ purl }) => purl).filter((purl) => !needed.has(purl));
}

function npmNotices(bundled: readonly BundledPackage[], components: readonly Component[]): Promise<Notice[]> {
  return Promise.all(
    bundled.map(async ({ path, name, version }, index) => ({
      title: `${name} ${version}`,
      licence: components[index]?.licence ?? '',
      text: await npmNotice(join(ROOT, path)),
    })),
  );
}

async function debianNotices(packages: readonly UnpackedPackage[]): Promise<Notice[]> {
  const notices: Notice[] = [];
  for (const unpacked of packages) {
    const { name, version, folder } = unpacked;
    const text = await debianNotice(folder, name);
    if (text) notices.push({ title: `${name} ${version} (Debian)`, licence: wanted(unpacked).licence, text });
    if (name !== 'base-files') continue;
    for (const licence of COMMON_LICENCES) {
      const path = join(folder, 'usr/share/common-licenses', licence);
      notices.push({ title: `/usr/share/common-licenses/${licence}`, licence, text: await readFile(path, 'utf8') });
    }
  }
  return notices;
}

function wanted({ name }: { name: string }): WantedPackage {
  const found = WANTED.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`${name} is no package of the image`);
  return found;
}
