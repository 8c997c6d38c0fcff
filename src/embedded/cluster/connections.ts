import type { KubeClient } from '../../kube/client.ts';
import { createKubeClient } from '../../kube/kube-client.ts';
import { loadKubeConfig } from '../../kube/load.ts';
import { createTransport, type Transport } from '../../kube/transport.ts';
import type { Clock } from '../../runtime/clock.ts';
import { kubeconfigText } from '../kubeconfig.ts';

/** Clients of one API server, each part of the cluster with its own name, and all closed together. */
export class Connections {
  readonly #server: { url: string; caCertificate: string };
  readonly #clock: Clock;
  readonly #transports: Transport[] = [];

  constructor(server: { url: string; caCertificate: string }, clock: Clock) {
    this.#server = server;
    this.#clock = clock;
  }

  open(name: string, token: string): { client: KubeClient; transport: Transport } {
    const kubeconfig = kubeconfigText({ name, token, ...this.#server });
    const config = loadKubeConfig({ kubeconfig });
    const transport = createTransport(config, { clock: this.#clock, userAgent: `${name}/embedded` });
    this.#transports.push(transport);
    return { client: createKubeClient(transport), transport };
  }

  async close(): Promise<void> {
    await Promise.all(this.#transports.map((transport) => transport.close()));
  }
}
