import { CliError, EXIT } from '../../client/cli/errors.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isNetworkFailure, KubeError } from '../../kube/errors.ts';
import { createKubeClient } from '../../kube/kube-client.ts';
import { type KubeConfig, loadKubeConfig } from '../../kube/load.ts';
import { createTransport } from '../../kube/transport.ts';
import { systemClock as clock } from '../../runtime/system-clock.ts';
import { VERSION } from '../../version.ts';
import type { ClusterFlags } from '../flags.ts';

/** A cluster that is asked as an administrator. */
export interface Connection extends AsyncDisposable {
  kube: KubeClient;
  /** Of the API server. */
  url: string;
  /** That the context names. */
  namespace: string | undefined;
  /** Which Kubernetes it is, such as `v1.36.1`. @throws KubeError */
  version(signal: AbortSignal): Promise<string>;
}

/** @throws CliError when the kubeconfig can't be used, which is all that is found out here */
export function connect({ kubeconfig, context, timeout }: ClusterFlags): Connection {
  const config = configOf(kubeconfig, context);
  const callTimeoutMs = timeout * 1000;
  const transport = createTransport(config, {
    clock,
    userAgent: `anwdl/${VERSION}`,
    callTimeoutMs,
    connectTimeoutMs: callTimeoutMs,
  });
  return {
    kube: createKubeClient(transport),
    url: config.getCurrentCluster()?.server ?? '',
    namespace: config.getContextObject(config.currentContext)?.namespace,
    async version(signal) {
      const answer = await transport.call({ method: 'GET', path: '/version', idempotent: true, signal });
      const { gitVersion = 'of unknown version' } = answer as { gitVersion?: string };
      return gitVersion;
    },
    [Symbol.asyncDispose]: () => transport.close(),
  };
}

function configOf(kubeconfig: string | undefined, context: string | undefined): KubeConfig {
  try {
    return loadKubeConfig({ kubeconfig, context });
  } catch (error) {
    if (error instanceof KubeError) throw new CliError(EXIT.config, error.message, { cause: error });
    throw error;
  }
}

/** What kept a command from its answer, with the exit code for it. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof KubeError)) return error;
  if (error.reason === 'NoCredentials') return new CliError(EXIT.config, error.message, { cause: error });
  if (isNetworkFailure(error)) {
    return new CliError(EXIT.unreachable, `the cluster cannot be reached: ${error.message}`, { cause: error });
  }
  return new CliError(EXIT.refused, `the cluster answered: ${error.message}`, { cause: error });
}
