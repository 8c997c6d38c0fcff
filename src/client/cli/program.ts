import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { ServerAddress } from '../dial.ts';
import { create } from './create.ts';
import { type DestroyOptions, destroy } from './destroy.ts';
import { EXIT, exitCodeOf } from './errors.ts';
import { parseTarget } from './parse-target.ts';
import type { OutputFormat } from './print.ts';
import { type SshCommandOptions, ssh } from './ssh/ssh.ts';
import { stat } from './stat.ts';
import { printable, type Terminal } from './terminal.ts';

type CommonOptions = { timeout: number; wait: number; keyBits: number; output: OutputFormat };

const EXAMPLES = `
Examples:
  anwdl stat anweddol.example.org            version, uptime and free containers
  anwdl ssh anweddol.example.org             a shell in a new container, which ends with the shell
  anwdl ssh anweddol.example.org -- uname -a
  anwdl create anweddol.example.org:6150 -o json > container.json
  jq -r .client_token container.json | anwdl destroy anweddol.example.org --token - \\
    --uuid "$(jq -r .container_uuid container.json)"

Exit codes:
  0  done
  1  the server refused the request
  2  the server or the container cannot be reached, or does not keep to the protocol
  64 wrong usage
  130, 143  interrupted, terminated
  "anwdl ssh" ends with the exit code of ssh: that of the remote command, or 255.
`;

/** Runs the program with these arguments (without node and script). @returns the exit code; never throws */
export async function runProgram(args: string[], terminal: Terminal, version: string): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = new Command('anwdl')
    .description('A client for Anweddol servers: temporary virtual machines over SSH.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .addHelpText('afterAll', EXAMPLES);

  command(program, 'stat', 'show what a server says of itself').action(
    (server: ServerAddress, options: CommonOptions) => stat(server, options, terminal),
  );
  command(program, 'create', 'create a container and print its credentials').action(
    (server: ServerAddress, options: CommonOptions) => create(server, options, terminal),
  );
  command(program, 'destroy', 'destroy a container')
    .requiredOption('--uuid <uuid>', 'of the container')
    .option(
      '--token <token>',
      'the client token; "-" reads standard input (default: the environment variable ANWDL_TOKEN)',
    )
    .action((server: ServerAddress, options: DestroyOptions) => destroy(server, options, terminal));
  command(program, 'ssh', 'create a container, open ssh in it, and destroy it when ssh ends')
    .argument('[command...]', 'to run instead of a shell, after --')
    .option('--keep', 'keep the container, and print its credentials on standard error', false)
    .action(async (server: ServerAddress, remote: string[], options: SshCommandOptions) => {
      exitCode = await ssh(server, remote, options, terminal);
    });

  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.stderr.write(`anwdl: ${printable(error instanceof Error ? error.message : String(error))}\n`);
    return exitCodeOf(error);
  }
}

function command(program: Command, name: string, description: string): Command {
  return (
    program
      .command(name)
      .description(description)
      .argument('<server>', 'HOST or HOST:PORT (default port 6150)', target)
      .addOption(new Option('-o, --output <format>', 'output format').choices(['text', 'json']).default('text'))
      .option('--timeout <seconds>', 'to connect, agree on keys and send the request', seconds, 10)
      .option('--wait <seconds>', 'to wait for the answer', seconds, 300)
      // 2,048 bits are made in a tenth of a second, and guard what lives for a day at most.
      .option('--key-bits <bits>', 'of the RSA key for this connection: 2048, 3072 or 4096', keyBits, 2048)
  );
}

function target(text: string): ServerAddress {
  try {
    return parseTarget(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function keyBits(text: string): number {
  if (!['2048', '3072', '4096'].includes(text)) throw new InvalidArgumentError('one of 2048, 3072, 4096');
  return Number(text);
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError('a number of seconds, at most 86400');
  return value;
}
