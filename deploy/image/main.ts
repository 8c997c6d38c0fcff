/** `npm run image`: makes container images of the programs and of the container ISO. */
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { containerIso } from '../../src/main/demo/container-iso.ts';
import { stopSignal } from '../../src/main/stop-signal.ts';
import { type BuildFlags, failure, type ImageFlags, readCommandLine, sourceDate } from './command-line.ts';
import { isoImage } from './iso-image.ts';
import { writeImage } from './oci/write-image.ts';
import { PROGRAM_LABELS, PROGRAM_RUN, programFiles } from './program-image.ts';
import { answer, type Made } from './report.ts';
import { writeFiles } from './write-files.ts';

/** As of the ISO: no clock is asked, so that the same files give the same image. */
const FIXED_DATE = 1_700_000_000;

const signal = stopSignal();
const say = (line: string) => process.stderr.write(`${line}\n`);

try {
  const created = sourceDate(process.env, FIXED_DATE);
  await readCommandLine(process.argv.slice(2), {
    program: (flags) => withFolder((folder) => buildProgram(flags, { folder, created })),
    iso: (flags) => buildIso(flags, flags.iso, created),
    files: (flags) => withFolder((folder) => layFiles(flags, { folder, created })),
  });
} catch (error) {
  const { code, line } = failure(error);
  if (line) say(line);
  process.exitCode = code;
}
interface Work {
  /** For files that are gone when the work is done. */
  folder: string;
  created: number;
}

async function buildProgram(flags: BuildFlags, { folder, created }: Work): Promise<void> {
  const output = await outputFolder(flags);
  const { layers, bill, notices } = await programFiles({ folder, created, say, signal });
  say('writing the layers');
  const description = {
    name: flags.tag,
    run: PROGRAM_RUN,
    labels: labels(PROGRAM_LABELS, flags),
    created,
    origins: layers.map(({ origin }) => origin),
  };
  const path = join(output, target('anweddol-operator', flags));
  const contents = layers.map(({ entries }) => entries);
  const image = await writeImage(description, contents, { path, as: flags.layout ? 'layout' : 'archive', signal });
  const sbom = join(output, 'anweddol-operator.cdx.json');
  const licences = join(output, 'anweddol-operator.THIRD-PARTY.txt');
  await writeFile(sbom, bill);
  await writeFile(licences, notices);
  print(flags, { ...image, sbom, licences });
}

async function buildIso(flags: BuildFlags, given: string | undefined, created: number): Promise<void> {
  const output = await outputFolder(flags);
  const iso = given ? resolve(given) : (await containerIso(say, signal)).path;
  const { description, entries, sha256 } = await isoImage(iso, flags.tag, created);
  say('writing the layer');
  const named = { ...description, labels: labels(description.labels, flags) };
  const path = join(output, target('anweddol-container-iso', flags));
  const image = await writeImage(named, [entries], { path, as: flags.layout ? 'layout' : 'archive', signal });
  print(flags, { ...image, isoSha256: sha256 });
}

/** A folder for each layer, which the Dockerfile copies. */
async function layFiles(flags: ImageFlags, { folder, created }: Work): Promise<void> {
  const output = await outputFolder(flags);
  const { layers } = await programFiles({ folder, created, say, signal });
  for (const { name } of layers) {
    const taken = await access(join(output, name)).then(
      () => true,
      () => false,
    );
    if (taken) throw new Error(`${join(output, name)} is there already: name another folder`);
  }
  for (const { name, entries } of layers) await writeFiles(join(output, name), entries, created);
  const paths = layers.map(({ name }) => join(output, name));
  process.stdout.write(flags.format === 'json' ? `${JSON.stringify({ paths })}\n` : `${paths.join('\n')}\n`);
}

async function outputFolder({ output }: ImageFlags): Promise<string> {
  const path = resolve(output);
  await mkdir(path, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path} can't be made (${error.code}): name another folder by --output`, { cause: error });
  });
  return path;
}

/** Named after the tag, so that two of them fit into one folder. */
function target(name: string, { tag, layout }: BuildFlags): string {
  return `${name}-${basename(tag).split(':')[1]}${layout ? '' : '.tar'}`;
}

function labels(fixed: Record<string, string>, { revision }: BuildFlags): Record<string, string> {
  return { ...fixed, ...(revision && { 'org.opencontainers.image.revision': revision }) };
}

function print({ format }: ImageFlags, made: Made): void {
  process.stdout.write(answer(made, format));
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'anweddol-image-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
