/** Installing the chart by a real helm, as a user does. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const CHART = fileURLToPath(new URL('../../../charts/anweddol-operator', import.meta.url));

export interface HelmOptions {
  /** The program: a path, or a name on the PATH. Helm 3.18 or later, or 4. */
  helm: string;
  /** The path of a file. */
  kubeconfig: string;
  /** For helm's caches. */
  folder: string;
  signal: AbortSignal;
}

interface ReleaseOptions {
  /** Default `anweddol-operator`. */
  release?: string;
  /** Made if it is missing. Default `anweddol-system`. */
  namespace?: string;
  /** As in the chart's values.yaml. */
  values?: object;
  /** A folder. Default: the chart of this project. */
  chart?: string;
  /** Takes over what is there already and no release's own, as definitions that `kubectl apply` has made. */
  takeOwnership?: boolean;
}

const RELEASE = 'anweddol-operator';
const NAMESPACE = 'anweddol-system';
/** Longer than any start takes; the signal ends the wait before. */
const TIMEOUT = '5m';

/**
 * Installs a release, or upgrades it, and waits until the operator is ready.
 * @returns what helm printed
 * @throws Error with what helm says when it refuses
 */
export function helmInstall(options: HelmOptions, given: ReleaseOptions = {}): Promise<string> {
  const { release = RELEASE, namespace = NAMESPACE, values = {}, chart = CHART, takeOwnership = false } = given;
  const args = ['upgrade', '--install', release, chart, '--namespace', namespace, '--create-namespace'];
  args.push('--values', '-', '--wait', '--timeout', TIMEOUT, ...(takeOwnership ? ['--take-ownership'] : []));
  return helm(options, args, JSON.stringify(values));
}

/** Takes a release away, but for what it is to leave; waits until its objects are gone. */
export function helmUninstall(options: HelmOptions, given: ReleaseOptions = {}): Promise<string> {
  const { release = RELEASE, namespace = NAMESPACE } = given;
  return helm(options, ['uninstall', release, '--namespace', namespace, '--wait', '--timeout', TIMEOUT]);
}

/**
 * Any command of helm.
 * @returns what it printed
 * @throws Error with all that when it fails
 */
export async function helm(options: HelmOptions, args: readonly string[], input = ''): Promise<string> {
  const { helm: program, kubeconfig, folder, signal } = options;
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder };
  const child = spawn(program, args, { env, signal, stdio: ['pipe', 'pipe', 'pipe'] });
  // One that refuses early does not read it.
  child.stdin.on('error', () => undefined).end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [code, printed, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`helm ${args[0]}: ${`${printed}${errors}`.trim() || `ended with ${code}`}`);
  return printed;
}
