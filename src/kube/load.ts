import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { KubeError } from './errors.ts';
import { parseKubeConfig } from './parse-kubeconfig.ts';

export type { KubeConfig } from '@kubernetes/client-node';

export interface LoadOptions {
  /** A path, or the text of a kubeconfig (more than one line, or JSON). */
  kubeconfig?: string | undefined;
  /** Default: the current one of the kubeconfig. */
  context?: string | undefined;
  /** Default: when `KUBERNETES_SERVICE_HOST` is set and no `kubeconfig` is given. */
  inCluster?: boolean | undefined;
}

/**
 * How to reach the API server: the given kubeconfig, else the service account of the pod this runs in, else the files
 * named by `KUBECONFIG`, else `~/.kube/config`.
 * @throws KubeError `NoConfiguration`, with one line that says what is missing
 */
export function loadKubeConfig(options: LoadOptions = {}): KubeConfig {
  const config = new KubeConfig();
  const { kubeconfig, inCluster = kubeconfig === undefined && !!process.env.KUBERNETES_SERVICE_HOST } = options;
  if (inCluster) {
    loadServiceAccount(config);
  } else if (kubeconfig !== undefined && isText(kubeconfig)) {
    load(() => parseKubeConfig(config, kubeconfig, process.cwd()), 'the kubeconfig text');
  } else {
    loadFiles(config, kubeconfig === undefined ? defaultFiles() : [kubeconfig]);
  }
  if (options.context !== undefined) choose(config, options.context);
  return complete(config);
}

function choose(config: KubeConfig, context: string): void {
  if (!config.getContextObject(context)) throw noConfiguration(`the kubeconfig has no context "${context}"`);
  config.setCurrentContext(context);
}

function isText(kubeconfig: string): boolean {
  return kubeconfig.includes('\n') || kubeconfig.trimStart().startsWith('{');
}

function loadServiceAccount(config: KubeConfig): void {
  if (!process.env.KUBERNETES_SERVICE_HOST) {
    throw noConfiguration('not in a pod: KUBERNETES_SERVICE_HOST is not set');
  }
  load(() => config.loadFromCluster(), 'the service account of this pod');
}

function defaultFiles(): string[] {
  const named = (process.env.KUBECONFIG ?? '').split(delimiter).filter(Boolean);
  if (named.length > 0) return named;
  const usual = join(process.env.HOME || homedir(), '.kube', 'config');
  if (existsSync(usual)) return [usual];
  throw noConfiguration(`no cluster to talk to: not in a pod, KUBECONFIG is not set, and there is no ${usual}`);
}

function loadFiles(config: KubeConfig, files: string[]): void {
  for (const [index, file] of files.entries()) {
    const next = index === 0 ? config : new KubeConfig();
    load(() => parseKubeConfig(next, readFileSync(file, 'utf8'), dirname(resolve(file))), `kubeconfig ${file}`);
    if (next !== config) load(() => config.mergeConfig(next, !!config.currentContext), `kubeconfig ${file}`);
  }
}

function load(read: () => void, what: string): void {
  try {
    read();
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw noConfiguration(`cannot read ${what}: ${why}`, error);
  }
}

/** Checks what client-node leaves to the first request, and evens out two of its rules. */
function complete(config: KubeConfig): KubeConfig {
  const cluster = config.getCurrentCluster();
  if (!cluster?.server) {
    throw noConfiguration(`the kubeconfig's current context "${config.currentContext ?? ''}" names no cluster`);
  }
  // Without a user client-node ignores the cluster's CA, and it refuses plain http unless told to skip TLS checks.
  const user = config.getCurrentUser() ?? { name: 'anonymous' };
  const skipTLSVerify = cluster.skipTLSVerify || cluster.server.startsWith('http:');
  const namespace = config.getContextObject(config.currentContext)?.namespace;
  config.loadFromOptions({
    clusters: [{ ...cluster, skipTLSVerify }],
    users: [user],
    contexts: [{ name: config.currentContext, cluster: cluster.name, user: user.name, namespace }],
    currentContext: config.currentContext,
  });
  return config;
}

function noConfiguration(message: string, cause?: unknown): KubeError {
  return new KubeError({ code: 0, reason: 'NoConfiguration', message }, { cause });
}
