import { kubeconfigText } from '../../src/embedded/kubeconfig.ts';
import { loadKubeConfig } from '../../src/kube/load.ts';
import { createTransport, type Transport, type TransportOptions } from '../../src/kube/transport.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

/** A transport to an API server, as the administrator unless another token is given. */
export function connectTo(
  server: { url: string; caCertificate: string; adminToken: string },
  options: Partial<TransportOptions> & { token?: string } = {},
): Transport {
  const { token = server.adminToken, ...others } = options;
  const { url, caCertificate } = server;
  const config = loadKubeConfig({ kubeconfig: kubeconfigText({ name: 'test', url, caCertificate, token }) });
  return createTransport(config, { clock: systemClock, ...others });
}
