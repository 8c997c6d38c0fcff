import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import { Connections } from '../cluster/connections.ts';
import { serviceAccountToken } from '../cluster/service-account-token.ts';
import type { ControlPlane } from '../control-plane.ts';
import { kubeconfigText } from '../kubeconfig.ts';
import { Guard } from '../node/guard.ts';
import {
  apiServerArguments,
  controllerArguments,
  etcdArguments,
  type Files,
  type Ports,
  virtApiArguments,
  virtControllerArguments,
} from './arguments.ts';
import { freePorts } from './free-ports.ts';
import { type Installation, installKubeVirt, installWebhooks, readManifests } from './kubevirt/install.ts';
import { NAMESPACE } from './kubevirt/manifests.ts';
import { Program } from './program.ts';
import { type Secrets, writeFiles } from './write-files.ts';

export interface RealControlPlaneOptions {
  /** The folder of the programs, as test/controlplane/build.sh makes it. */
  programs: string;
  /** Made for files and logs, and removed at the end, however this process ends. */
  folder: string;
  clock: Clock;
  /** Ends the start; the control plane itself is ended by `close`. */
  signal: AbortSignal;
}

/** etcd, kube-apiserver and kube-controller-manager, and KubeVirt's virt-api and virt-controller, as child processes. */
export interface RealControlPlane extends ControlPlane {
  /** Of Kubernetes, such as `v1.36.4`. */
  version: string;
  /** Kills it and starts it again; resolves when it is ready. */
  restartApiServer(signal: AbortSignal): Promise<void>;
  /** As above; the API server finds it again by itself. */
  restartEtcd(signal: AbortSignal): Promise<void>;
}

/** What launcher pods are said to run; the node plays its part. */
const LAUNCHER_IMAGE = 'quay.io/kubevirt/virt-launcher';

export async function startRealControlPlane(options: RealControlPlaneOptions): Promise<RealControlPlane> {
  const { clock, folder, signal } = options;
  const guard = new Guard(folder);
  const running: Program[] = [];
  const close = async () => {
    await Promise.all(running.map((program) => program.kill()));
    await guard.close();
  };
  const start = (name: string, args: string[], restarts = false): Program => {
    const logFile = join(folder, 'logs', `${name}.log`);
    const path = join(options.programs, name);
    const program = new Program({ path, args, logFile, temporary: join(folder, 'tmp'), restarts, guard, clock });
    running.push(program);
    return program;
  };
  try {
    for (const name of ['logs', 'tmp']) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
    // Apart from everything that is written later: KubeVirt reads its certificates again at each change in their folder.
    const { files, secrets } = await writeFiles(join(folder, 'keys'), join(folder, 'etcd'), clock.now());
    const ports = await takePorts();
    const url = `https://127.0.0.1:${ports.apiServer}`;
    const server = { url, caCertificate: secrets.ca, adminToken: secrets.adminToken };
    const kubeconfig = () => kubeconfigText({ name: 'admin', ...server, token: secrets.adminToken });
    await writeFile(files.kubeconfig, kubeconfig(), { mode: 0o600 });
    const etcd = start('etcd', etcdArguments(files, ports));
    const apiServer = start('kube-apiserver', apiServerArguments(files, ports));
    const isReady = () => answersOk(server, '/readyz');
    await apiServer.ready(isReady, signal);
    start('kube-controller-manager', controllerArguments(files, ports));
    await startKubeVirt({ ...options, files, secrets, ports, url, start });
    return {
      ...server,
      version: await versionOf(server),
      kubeconfig,
      async restartApiServer(until) {
        await apiServer.restart();
        await apiServer.ready(isReady, until);
      },
      async restartEtcd(until) {
        await etcd.restart();
        await apiServer.ready(isReady, until);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function takePorts(): Promise<Ports> {
  const [etcd = 0, apiServer = 0, controllers = 0, virtApi = 0, virtApiConsole = 0, virtController = 0] =
    await freePorts(6);
  return { etcd, apiServer, controllers, virtApi, virtApiConsole, virtController };
}

interface KubeVirtOptions extends RealControlPlaneOptions {
  files: Files;
  secrets: Secrets;
  ports: Ports;
  url: string;
  start(name: string, args: string[], restarts?: boolean): Program;
}

async function startKubeVirt(options: KubeVirtOptions): Promise<void> {
  const { clock, folder, signal, files, ports, secrets, url, start } = options;
  const connections = new Connections({ url, caCertificate: secrets.ca }, clock);
  const installation: Installation = {
    client: connections.open('virt-operator', secrets.adminToken).client,
    clock,
    signal,
  };
  try {
    const { version, webhooks, others } = await readManifests(join(options.programs, 'kubevirt.json'));
    await installKubeVirt(others, { caPem: secrets.ca, version }, installation);
    const kubeconfigOf = async (name: 'kubevirt-apiserver' | 'kubevirt-controller') => {
      const token = await serviceAccountToken(installation.client, { namespace: NAMESPACE, name }, signal);
      const path = join(folder, `${name}.kubeconfig`);
      await writeFile(path, kubeconfigText({ name, url, caCertificate: secrets.ca, token }), { mode: 0o600 });
      return path;
    };
    // Both end when the configuration that they began with has changed, and rely on being started again.
    const virtApiArgs = virtApiArguments(files, ports, await kubeconfigOf('kubevirt-apiserver'));
    const virtApi = start('virt-api', virtApiArgs, true);
    const controllerConfig = await kubeconfigOf('kubevirt-controller');
    const image = `${LAUNCHER_IMAGE}:${version}`;
    start('virt-controller', virtControllerArguments(files, ports, controllerConfig, image), true);
    await virtApi.ready(() => accepts(ports.virtApi), signal);
    await installWebhooks(webhooks, { port: ports.virtApi, caPem: secrets.ca }, installation);
  } finally {
    await connections.close();
  }
}

interface Server {
  url: string;
  caCertificate: string;
  adminToken: string;
}

function get({ url, caCertificate, adminToken }: Server, path: string): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${adminToken}` };
    const call = request(url + path, { ca: caCertificate, headers, timeout: 2_000, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('end', () => resolve({ code: answer.statusCode ?? 0, text }));
    });
    call.once('timeout', () => call.destroy(new Error('no answer'))).once('error', reject);
    call.end();
  });
}

async function answersOk(server: Server, path: string): Promise<boolean> {
  return (await get(server, path)).code === 200;
}

async function versionOf(server: Server): Promise<string> {
  return JSON.parse((await get(server, '/version')).text).gitVersion;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.destroy()).once('error', () => undefined);
    socket.once('close', (hadError) => resolve(!hadError));
  });
}
