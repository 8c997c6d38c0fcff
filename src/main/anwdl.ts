#!/usr/bin/env node
import { constants } from 'node:os';
import { addAdminCommands } from '../admin/commands.ts';
import { CliError, EXIT } from '../client/cli/errors.ts';
import { runProgram } from '../client/cli/program.ts';
import { VERSION } from '../version.ts';

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    const code = EXIT.signalBase + constants.signals[name];
    // A second one does not wait for the clean-up.
    if (interrupt.signal.aborted) process.exit(code);
    interrupt.abort(new CliError(code, 'interrupted'));
  });
}

const { stdin, stdout, stderr, env, argv } = process;
// Whoever reads the output may stop reading, as `head` does.
stdout.on('error', () => undefined);
const terminal = { stdin, stdout, stderr, env, signal: interrupt.signal };
process.exitCode = await runProgram(argv.slice(2), terminal, VERSION, addAdminCommands);
