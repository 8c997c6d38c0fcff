/** The API servers that the client is held against, and a client of each. */
import { randomBytes } from 'node:crypto';
import { after, before } from 'node:test';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { Namespace } from '../../../src/kube/resources.ts';
import { createTransport, type Transport } from '../../../src/kube/transport.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { inMemory, real, type Subject } from '../../conformance/subject.ts';
import { suite } from '../../support/suite.ts';

export interface Connected {
  readonly subject: Subject;
  readonly client: KubeClient;
  readonly transport: Transport;
  /** A namespace of this test file's own. */
  readonly namespace: string;
  /** Eight characters that nobody else has: for names of cluster-wide objects. */
  readonly unique: string;
}

/** A kubeconfig (JSON) for the server and this user. */
export function kubeconfigOf({ url, caCertificate }: Subject, user: object): string {
  const ca = Buffer.from(caCertificate).toString('base64');
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

/** Registers the tests for the in-memory API server, and for the real one where this run has it. */
export function onEachServer(title: string, register: (connected: () => Connected) => void): void {
  for (const start of [inMemory, real]) {
    const skip = start === real && !process.env.CONTROL_PLANE && 'no real control plane: see the start of this run';
    suite(`${title}: ${start === real ? 'real' : 'in memory'}`, skip, () => {
      let connected: Connected | undefined;
      before(async () => {
        connected = await connect(await start());
      });
      register(() => {
        if (!connected) throw new Error('asked for before the server was there');
        return connected;
      });
      // Last, as what the tests themselves clean up needs the client.
      after(async () => {
        if (!connected) return;
        const { client, namespace, transport, subject } = connected;
        await client.delete(Namespace, { name: namespace });
        await transport.close();
        await subject.close();
      });
    });
  }
}

async function connect(subject: Subject): Promise<Connected> {
  const config = loadKubeConfig({ kubeconfig: kubeconfigOf(subject, { token: subject.adminToken }) });
  const transport = createTransport(config, { clock: systemClock, userAgent: 'kube-test' });
  const client = createKubeClient(transport);
  const unique = randomBytes(4).toString('hex');
  const namespace = `kube-${unique}`;
  await client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  return { subject, client, transport, namespace, unique };
}
