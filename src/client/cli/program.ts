import { Command, CommanderError } from 'commander';
import { create } from './create.ts';
import { clientToken, destroy } from './destroy.ts';
import { CliError, EXIT, exitCodeOf } from './errors.ts';
import { addServerFlags, knownServersOption, outputOption } from './flags/add-server-flags.ts';
import { combinationFault } from './flags/combination-fault.ts';
import type { ServerFlags } from './flags/server-flags.ts';
import { forget } from './forget.ts';
import { helpText } from './help.ts';
import { known } from './known.ts';
import type { OutputFormat } from './print.ts';
import { type Route, routeOf } from './route.ts';
import { ssh } from './ssh/ssh.ts';
import { stat } from './stat.ts';
import { notice, printable, type Terminal } from './terminal.ts';

type FileFlags = { knownServers?: string; output: OutputFormat };

/** Adds commands to the program; what `exitWith` is told last is its exit code. */
export type AddCommands = (program: Command, terminal: Terminal, exitWith: (code: number) => void) => void;

/**
 * Runs the program with these arguments (without node and script).
 * @param addCommands those that are not a client's
 * @returns the exit code; never throws
 */
export async function runProgram(
  args: string[],
  terminal: Terminal,
  version: string,
  addCommands?: AddCommands,
): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = new Command('anwdl')
    .description('A client for Anweddol servers: temporary virtual machines over SSH.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .addHelpText('after', helpText('program'));

  addServerFlags(program.command('stat').description('show what a server says of itself'))
    .addHelpText('after', helpText('stat'))
    .action(async (target: string, flags: ServerFlags, command: Command) => {
      await stat(await routeTo(target, flags, command, terminal), flags.output, terminal);
    });
  addServerFlags(program.command('create').description('create a container and print its credentials'))
    .addHelpText('after', helpText('create'))
    .action(async (target: string, flags: ServerFlags, command: Command) => {
      await create(await routeTo(target, flags, command, terminal), flags.output, terminal);
    });
  addServerFlags(
    program
      .command('destroy')
      .description('destroy a container')
      .requiredOption('--uuid <uuid>', 'of the container')
      .option('--token <token>', 'the client token; "-": standard input (default: ANWDL_TOKEN)'),
  )
    .addHelpText('after', helpText('destroy'))
    .action(async (target: string, flags: ServerFlags & { uuid: string; token?: string }, command: Command) => {
      const route = await routeTo(target, flags, command, terminal);
      const options = { uuid: flags.uuid, clientToken: await clientToken(flags.token, terminal), output: flags.output };
      await destroy(route, options, terminal);
    });
  addServerFlags(
    program
      .command('ssh')
      .description('create a container, open ssh in it, and destroy it when ssh ends')
      .option('--keep', 'keep the container, and print its credentials on standard error', false),
  )
    .argument('[command...]', 'to run instead of a shell, after --')
    .addHelpText('after', helpText('ssh'))
    .action(async (target: string, remote: string[], flags: ServerFlags & { keep: boolean }, command: Command) => {
      const route = await routeTo(target, flags, command, terminal);
      exitCode = await ssh(route, { command: remote, keep: flags.keep, output: flags.output }, terminal);
    });
  program
    .command('known')
    .description('list the servers that were met before, and their keys')
    .addOption(outputOption())
    .addOption(knownServersOption())
    .addHelpText('after', helpText('known'))
    .action((flags: FileFlags) => known(flags, terminal));
  program
    .command('forget')
    .description('forget the keys of a server, so that the next contact is the first one')
    .argument('<server>', 'HOST:PORT, or HOST for every port of it')
    .addOption(outputOption())
    .addOption(knownServersOption())
    .addHelpText('after', helpText('forget'))
    .action((target: string, flags: FileFlags) => forget(target, flags, terminal));
  addCommands?.(program, terminal, (code) => {
    exitCode = code;
  });

  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    tell(error, terminal);
    return exitCodeOf(error);
  }
}

/** @throws `CliError` when the flags do not go together, or name what can't be used */
async function routeTo(
  target: string,
  flags: ServerFlags & { token?: string },
  command: Command,
  terminal: Terminal,
): Promise<Route> {
  const names = Object.keys(flags) as (keyof ServerFlags)[];
  const given = new Set(names.filter((name) => command.getOptionValueSource(name) === 'cli'));
  const fault = combinationFault({ ...flags, given });
  if (fault) throw new CliError(EXIT.usage, fault);
  return await routeOf(target, flags, terminal);
}

function tell(error: unknown, terminal: Terminal): void {
  notice(terminal, error instanceof Error ? error.message : String(error));
  const explanation = error instanceof CliError ? error.explanation : [];
  for (const line of explanation) terminal.stderr.write(`  ${printable(line)}\n`);
}
