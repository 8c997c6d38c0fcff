import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Entry, file, folder, link } from '../oci/entry.ts';
import type { UnpackedPackage } from './debian-download.ts';
import { WANTED } from './debian-package.ts';

/** The user of the image. A number, so that a kubelet can tell that it is not root. */
export const USER = 65_532;

const ACCOUNTS = {
  'etc/passwd': ['root:x:0:0:root:/root:/sbin/nologin', `anweddol:x:${USER}:${USER}:anweddol:/tmp:/sbin/nologin`],
  'etc/group': ['root:x:0:', `anweddol:x:${USER}:`],
  'etc/nsswitch.conf': ['passwd: files', 'group: files', 'hosts: files dns'],
};

/** All that is not ours and not Node's: the C libraries, certificates, accounts, and what scanners look for. */
export async function systemFiles(packages: readonly UnpackedPackage[]): Promise<Entry[]> {
  const entries: Entry[] = [
    folder('tmp', 0o1777),
    link('etc/os-release', '../usr/lib/os-release'),
    ...Object.entries(ACCOUNTS).map(([path, lines]) => file(path, `${lines.join('\n')}\n`)),
  ];
  for (const { name, files } of WANTED) {
    const unpacked = packages.find((candidate) => candidate.name === name);
    if (!unpacked) throw new Error(`the package ${name} was not unpacked`);
    for (const [from, to] of Object.entries(files)) {
      const content = await readFile(join(unpacked.folder, from));
      entries.push(file(to, content, to.startsWith('lib64/') ? 0o755 : 0o644));
    }
    entries.push(file(`var/lib/dpkg/status.d/${name}`, unpacked.control));
    if (name === 'ca-certificates')
      entries.push(file('etc/ssl/certs/ca-certificates.crt', await certificates(unpacked)));
  }
  return entries;
}

/** One file of them all, as the package makes it when it is installed. */
async function certificates({ folder }: UnpackedPackage): Promise<string> {
  const path = join(folder, 'usr/share/ca-certificates/mozilla');
  const names = (await readdir(path)).filter((name) => name.endsWith('.crt')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(path, name), 'utf8')));
  return texts.map((text) => `${text.trimEnd()}\n`).join('');
}
