import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { AnweddolServer } from '../../../src/api/resources.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { ServiceAccount } from '../../../src/kube/resources.ts';
import { startCaches } from '../../../src/operator/caches.ts';
import { runOperator } from '../../../src/operator/run-operator.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { createServer, ground, soon } from '../operator/fixture.ts';
import { tokenBearer } from './token-bearer.ts';

/** A server `lab` that the operator has given its ServiceAccount and its Role, and the token that its pods would have. */
export interface ServerPodGround extends AsyncDisposable {
  /** The administrator's. */
  admin: KubeClient;
  /** The namespace of the server, and one that it has no business in. */
  own: string;
  other: string;
  server: AnweddolServer;
  /** Of the API server. */
  url: string;
  caCertificate: string;
  token: string;
}

/** The operator has no other rights than its manifest gives it. It ends before the test begins. */
export async function serverPodGround(): Promise<ServerPodGround> {
  const connection = await sharedControlPlane();
  if (!connection) throw new Error('CONTROL_PLANE is not set: run the tests by npm test');
  const { url, caCertificate } = connection;
  const on = await ground(2);
  const { admin } = on;
  const [own = '', other = ''] = on.namespaces;
  await createServer(admin, own, 'lab');
  await doorsOf(on.client(await on.operatorKubeconfig([own])), own);
  const server = await admin.get(AnweddolServer, { namespace: own, name: 'lab' });
  if (!server) throw new Error('the server is gone');
  const token = await tokenOf(admin, own);
  await isInForce({ url, caCertificate, token }, own);
  const end = () => on[Symbol.asyncDispose]();
  return { admin, own, other, server, url, caCertificate, token, [Symbol.asyncDispose]: end };
}

/** Runs the operator until the server has its rights. */
async function doorsOf(kube: KubeClient, namespace: string): Promise<void> {
  const stop = new AbortController();
  const log = pino({ level: 'silent' });
  const caches = startCaches({ kube, clock, log, namespaces: [namespace], signal: stop.signal });
  const running = runOperator({ kube, caches, clock, log, defaultImage: 'operator:1' }, stop.signal);
  await caches.roleBindings.waitFor((all) => all.get(`${namespace}/lab-server`), soon());
  stop.abort();
  await running;
}

async function tokenOf(admin: KubeClient, namespace: string): Promise<string> {
  const account = { namespace, name: 'lab-server' };
  const spec = { expirationSeconds: 3600 };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const answer = await admin.createSubresource<{ status: { token: string } }>(ServiceAccount, account, 'token', body);
  return answer.status.token;
}

/** The authorizer learns of a binding a moment later. */
async function isInForce(target: { url: string; caCertificate: string; token: string }, namespace: string) {
  await using bearer = tokenBearer(target);
  const line = `GET /apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachineinstances`;
  const patience = soon();
  while ((await bearer.ask({ line })) !== 200) {
    patience.throwIfAborted();
    await sleep(20);
  }
}
