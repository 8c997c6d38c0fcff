import { KubeError } from '../kube/errors.ts';
import { type KubeConfig, loadKubeConfig } from '../kube/load.ts';
import { createLog } from '../observability/log.ts';
import { VERSION } from '../version.ts';
import { help } from './operator/help.ts';
import { readCommand } from './operator/read-command.ts';
import { run } from './operator/run.ts';
import { stopSignal } from './stop-signal.ts';

const WRONG_CONFIGURATION = 2;

/**
 * `operator`: keeps what every AnweddolServer of the cluster asks for. Sets the exit code 2 when it was told something wrong.
 * @throws Error when it fails at run time
 */
export async function main(args: string[]): Promise<void> {
  const command = readCommand(args, process.env);
  if (command.kind === 'help') return void process.stdout.write(help());
  if (command.kind === 'version') return void process.stdout.write(`${VERSION}\n`);
  if (command.kind === 'refuse') return refuse(command.problems);
  const { options } = command;
  let config: KubeConfig;
  try {
    config = loadKubeConfig({ kubeconfig: options.kubeconfig });
  } catch (error) {
    if (error instanceof KubeError) return refuse([error.message]);
    throw error;
  }
  const log = createLog('anweddol-operator', options.logLevel, options.logFormat);
  try {
    await run(options, config, log, stopSignal());
    log.info({}, 'stopped');
  } catch (error) {
    log.fatal({ err: error }, 'the operator failed');
    throw error;
  }
}

function refuse(problems: string[]): void {
  for (const problem of problems) process.stderr.write(`operator: ${problem}\n`);
  process.stderr.write('operator --help says what it takes\n');
  process.exitCode = WRONG_CONFIGURATION;
}
