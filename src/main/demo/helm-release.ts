/** What `npm run demo -- --helm` shows of the chart: put in, upgraded under an open session, taken out, and put in again. */
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnweddolServer } from '../../api/resources.ts';
import type { ServerAddress } from '../../client/dial.ts';
import { CustomResourceDefinition, Deployment } from '../../kube/resources.ts';
import { dialUntilBanner } from '../../virtualization/ssh/dial.ts';
import { login } from '../../virtualization/ssh/session.ts';
import { RSAWrapper } from '../../wire/rsa-wrapper.ts';
import { type HelmOptions, helm, helmInstall, helmUninstall } from './helm.ts';
import { type Lab, serverAddress } from './lab.ts';
import type { Progress } from './progress.ts';
import { create, destroy } from './walkthrough.ts';

const RELEASE = 'anweddol-operator';
const NAMESPACE = 'anweddol-system';
const DEFINITION = { name: 'anweddolservers.anweddol.io' };
const POLL_MS = 100;

/** The Node that the image has is the first one on its PATH. */
const extraEnv = [{ name: 'PATH', value: dirname(process.execPath) }];

/** Installs the chart as it is; returns when the operator is ready. */
export async function installRelease(options: HelmOptions): Promise<void> {
  await helmInstall(options, { values: { extraEnv } });
}

/** @param lab with a server whose sample has been applied, at `address` */
export async function lifeOfRelease(
  lab: Lab,
  server: { key: string; namespace: string; name: string; address: ServerAddress },
  options: HelmOptions,
  progress: Progress,
): Promise<void> {
  const { signal } = options;
  const { host, port } = server.address;
  const values = { extraEnv, helmTest: { address: `${host}:${port}` } };
  const caller = { server: server.address, key: await RSAWrapper.generate(), signal };
  const container = await create(caller);
  const socket = await dialUntilBanner(host, container.container_listen_port, signal);
  const { container_username: username, container_password: password } = container;
  await using session = await login(socket, { username, password }, signal);
  const isOpen = async (when: string) => {
    const { stdout } = await session.run('id -un', signal);
    if (stdout.trim() !== username) throw new Error(`the session does not answer ${when}: ${stdout}`);
  };

  const changed = { ...values, replicas: 2, config: { logLevel: 'debug' } };
  await helmInstall(options, { values: changed });
  await isOpen('after the upgrade');
  progress.step('helm upgrade, to two operators that say more: the SSH session that was open still answers');

  await helm(options, ['test', RELEASE, '--namespace', NAMESPACE]);
  progress.step('helm test: the server answers its protocol');

  await helmUninstall(options);
  await expectLeft(lab, server);
  await isOpen('without an operator');
  progress.step('helm uninstall: definitions and server are still there, and so is the session');

  await helmInstall(options, { values });
  await pickedUp(lab, server, signal);
  await isOpen('after all of it');
  await destroy(caller, container);
  progress.step('helm install again: the operator has picked up the server; DESTROY of the container answered OK');
}

async function expectLeft({ kube }: Lab, server: { namespace: string; name: string }): Promise<void> {
  const operators = (await kube.list(Deployment, { namespace: NAMESPACE })).items;
  if (operators.length > 0) throw new Error('the operator is still there');
  const [definition, kept] = await Promise.all([
    kube.get(CustomResourceDefinition, DEFINITION),
    kube.get(AnweddolServer, server),
  ]);
  if (!definition || definition.metadata.deletionTimestamp) throw new Error('the definition of AnweddolServer is gone');
  if (!kept || kept.metadata.deletionTimestamp) throw new Error(`AnweddolServer ${server.name} is gone`);
}

/** A change of the server is taken notice of. */
async function pickedUp(
  lab: Lab,
  { key, namespace, name }: { key: string; namespace: string; name: string },
  signal: AbortSignal,
): Promise<void> {
  const changed = await lab.kube.mergePatch(
    AnweddolServer,
    { namespace, name },
    { spec: { clientTimeoutSeconds: 20 } },
  );
  const { generation = 0 } = changed.metadata;
  while ((lab.servers.get(key)?.status?.observedGeneration ?? 0) < generation)
    await sleep(POLL_MS, undefined, { signal });
  await serverAddress(lab, key, signal);
}
