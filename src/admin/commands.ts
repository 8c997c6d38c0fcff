/**
 * The commands of `anwdl` for administrators. What they do is loaded when one of them runs: a client has no use for it, and
 * starts without it.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { seconds } from '../client/cli/flags/values.ts';
import type { AddCommands } from '../client/cli/program.ts';
import type { DoctorFlags, StatusFlags } from './flags.ts';
import { adminHelp } from './help.ts';

export const addAdminCommands: AddCommands = (program, terminal, exitWith) => {
  program.commandsGroup('For administrators of a cluster:');
  addClusterFlags(
    program.command('doctor').description('look for what is wrong with the operator, its servers and the cluster'),
  )
    .option('-n, --namespace <name>', 'the servers of this namespace only (default: all)', objectName)
    .option('--dial', 'connect to the address of each server, from here')
    .addHelpText('after', adminHelp('doctor'))
    .action(async (flags: DoctorFlags) => {
      const { doctorCommand } = await import('./doctor/doctor-command.ts');
      exitWith(await doctorCommand(flags, terminal));
    });
  addClusterFlags(
    program.command('status').description('show an AnweddolServer, its pods, its containers and its Events'),
  )
    .argument('<name>', 'of the AnweddolServer', objectName)
    .option('-n, --namespace <name>', 'where it is (default: the namespace of the context, or "default")', objectName)
    .option('-w, --watch', 'go on showing it as it changes')
    .addHelpText('after', adminHelp('status'))
    .action(async (name: string, flags: StatusFlags) => {
      const { statusCommand } = await import('./status/status-command.ts');
      await statusCommand(name, flags, terminal);
    });
};

function addClusterFlags(command: Command): Command {
  return command
    .addOption(new Option('-o, --output <format>', 'output format').choices(['table', 'json']).default('table'))
    .option('--kubeconfig <file>', 'how to reach the cluster (default: KUBECONFIG, or ~/.kube/config)')
    .option('--context <name>', 'of the kubeconfig (default: its current one)')
    .option('--timeout <seconds>', 'for each request to the cluster', seconds, 10);
}

/** @throws InvalidArgumentError for what no object and no namespace is called */
function objectName(text: string): string {
  if (/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('It is a name: lower-case letters, digits, dashes and dots.');
}
