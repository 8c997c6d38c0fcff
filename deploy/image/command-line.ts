import { Command, CommanderError, Option } from 'commander';
import { VERSION } from '../../src/version.ts';
import { checkImageName } from './oci/image-name.ts';

export interface ImageFlags {
  /** The folder that everything goes to. */
  output: string;
  format: 'text' | 'json';
}

export interface BuildFlags extends ImageFlags {
  tag: string;
  layout?: boolean;
  revision?: string;
}

interface IsoFlags extends BuildFlags {
  iso?: string;
}

export interface Actions {
  program(flags: BuildFlags): Promise<void>;
  iso(flags: IsoFlags): Promise<void>;
  files(flags: ImageFlags): Promise<void>;
}

const DEFAULT_FOLDER = 'dist/image';
const EXAMPLES = `
examples:
  npm run image                                             dist/image/anweddol-operator-${VERSION}.tar
  npm run image -- --tag registry.example/anweddol:1        under another name
  npm run image -- --layout --output /srv/images            an OCI layout, a folder
  npm run image -- iso                                      the container ISO as a containerDisk
  npm run image -- files --output /tmp/files                what the Dockerfile copies

SOURCE_DATE_EPOCH, in seconds since 1970, is the date of everything inside. The same sources, packages and date give the
same digest. deploy/image/README.md says how to load, push and verify what is made.
`;

/** @throws CommanderError when it was told something wrong, or only asked for help */
export async function readCommandLine(args: string[], actions: Actions): Promise<void> {
  const program = new Command('npm run image --')
    .description('Makes the images without a container engine. Needs Debian 12 on x86-64; no root.')
    .exitOverride()
    .addHelpText('after', EXAMPLES);
  building(program.command('program', { isDefault: true }), `anweddol-operator:${VERSION}`)
    .description('the image of the operator, the server pods and anwdl (the default)')
    .action(actions.program);
  building(program.command('iso'), `anweddol-container-iso:${VERSION}`)
    .description('the container ISO as a KubeVirt containerDisk')
    .option('--iso <file>', 'an ISO of your own; without it the one of deploy/iso is built')
    .action(actions.iso);
  common(program.command('files'))
    .description("only the files of the programs' image, a folder for each layer")
    .action(actions.files);
  await program.parseAsync(args, { from: 'user' });
}

/** The exit code of an error, and the line that says what went wrong, if anything. */
export function failure(error: unknown): { code: number; line?: string } {
  // It has said so itself.
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? 0 : 2 };
  return { code: 1, line: `image: ${error instanceof Error ? error.message : String(error)}` };
}

/** @returns seconds since 1970 @throws Error when the variable is no such number */
export function sourceDate(environment: NodeJS.ProcessEnv, fallback: number): number {
  const text = environment.SOURCE_DATE_EPOCH;
  if (!text) return fallback;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new Error(`SOURCE_DATE_EPOCH is "${text}": it takes whole seconds since 1970, such as ${fallback}`);
}

function building(command: Command, tag: string): Command {
  return common(command)
    .option('--tag <name>', 'the name of the image, NAME:TAG', checkImageName, tag)
    .option('--layout', 'an OCI layout as a folder in place of one file')
    .option('--revision <commit>', 'the commit that it is made of, for the label of that name');
}

function common(command: Command): Command {
  return command
    .option('--output <folder>', 'where everything goes', DEFAULT_FOLDER)
    .addOption(new Option('-o, --format <format>', 'of the answer').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES);
}
