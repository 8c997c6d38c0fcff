import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Offer, readOffers } from './debian-package.ts';

const run = promisify(execFile);

/** A package, unpacked. */
export interface UnpackedPackage extends Offer {
  /** Its files, as in the root of a system. */
  folder: string;
  /** Its control file. */
  control: string;
}

export interface DownloadOptions {
  /** Keeps packages from one run to the next, by checksum. */
  store: string;
  /** Where they are unpacked. */
  folder: string;
  say: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * The newest of each package that apt knows, checked against what its signed lists say.
 * @throws Error with one line that says what to do
 */
export async function debianPackages(names: readonly string[], options: DownloadOptions): Promise<UnpackedPackage[]> {
  const { store, folder, say, signal } = options;
  const offers = await offered(names, signal);
  await mkdir(store, { recursive: true });
  const wanted: Offer[] = [];
  for (const offer of offers) if (!(await isStored(store, offer))) wanted.push(offer);
  if (wanted.length > 0) {
    say(`downloading ${wanted.length} Debian packages`);
    await download(wanted, store, signal);
  }
  const unpacked: UnpackedPackage[] = [];
  for (const offer of offers) {
    const path = await checked(store, offer);
    const target = join(folder, offer.name);
    await mkdir(target, { recursive: true });
    await run('dpkg-deb', ['-x', path, target], { signal });
    const { stdout: control } = await run('dpkg-deb', ['--field', path], { signal });
    unpacked.push({ ...offer, folder: target, control });
  }
  return unpacked;
}

async function offered(names: readonly string[], signal?: AbortSignal): Promise<Offer[]> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('the image is made on Debian 12, x86-64: run this there, or in a container of it');
  }
  const args = ['show', '--no-all-versions', ...names.map((name) => `${name}:amd64`)];
  const { stdout } = await run('apt-cache', args, { signal, maxBuffer: 2 ** 24 }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT')
        throw new Error('the image is made on Debian 12: apt-cache is missing here', { cause: error });
      // It fails when it does not know one of them; which one is said below.
      return { stdout: (error as { stdout?: string }).stdout ?? '' };
    },
  );
  return readOffers(stdout, names);
}

async function download(offers: readonly Offer[], store: string, signal?: AbortSignal): Promise<void> {
  const cwd = await mkdtemp(join(store, 'download-'));
  const names = offers.map(({ name, version }) => `${name}:amd64=${version}`);
  try {
    await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...names], { cwd, signal });
    for (const name of await readdir(cwd)) {
      const path = join(cwd, name);
      await rename(path, join(store, `${await sha256(path)}.deb`));
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error("packages could not be downloaded: run 'apt-get update' as root, then this again", {
      cause: error,
    });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** The path in the store. @throws Error when it is not what apt's lists announce */
async function checked(store: string, offer: Offer): Promise<string> {
  const path = stored(store, offer);
  if ((await sha256(path).catch(() => '')) === offer.sha256) return path;
  await rm(path, { force: true });
  throw new Error(`the package ${offer.name} is damaged or not what apt announced: run this again`);
}

function isStored(store: string, offer: Offer): Promise<boolean> {
  return access(stored(store, offer)).then(
    () => true,
    () => false,
  );
}

function stored(store: string, { sha256 }: Offer): string {
  return join(store, `${sha256}.deb`);
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
