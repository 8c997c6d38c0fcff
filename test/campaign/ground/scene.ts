import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connections } from '../../../src/embedded/cluster/connections.ts';
import { startLoadBalancer } from '../../../src/embedded/loadbalancer/start-load-balancer.ts';
import { Namespace } from '../../../src/kube/resources.ts';
import { createLog } from '../../../src/observability/log.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import type { Crossing } from '../../support/crash-proxy/crossing.ts';
import { type Crash, CrashProxy, MOMENTS } from '../../support/crash-proxy/proxy.ts';
import type { Armed } from '../plan/armed.ts';
import type { Author } from '../plan/writes.ts';
import type { History } from '../truth/history.ts';
import type { AnyObject } from '../truth/version.ts';
import { operatorToken, plainKubeconfig, untilGranted } from './access.ts';
import { type Ground, SERVER_IMAGE } from './ground.ts';
import { OperatorProcess } from './operator-process.ts';
import { ServerPods } from './server-pods.ts';
import { Written } from './written.ts';

interface SceneOptions {
  ground: Ground;
  /** Of this campaign, unlike any other's. */
  number: number;
  /** What the operators and the server pods run. */
  entrypoint: string;
  serverImage?: string;
  /** How many, with leader election when more than one. */
  operators: number;
  signal: AbortSignal;
}

export const SERVER = 'lab';

/** A namespace with operators behind proxies of their own, and everything about it that is recorded. */
export class Scene implements AsyncDisposable {
  readonly ground: Ground;
  readonly namespace: string;
  readonly history: History;
  readonly signal: AbortSignal;
  readonly operators: OperatorProcess[] = [];
  readonly written = new Written();
  readonly pods: ServerPods;
  /** Of everything that the operators asked; the last is the newest. */
  readonly operatorCrossings: Crossing[] = [];
  /** What must not have happened: processes that ended by themselves. */
  readonly surprises: string[] = [];
  /** Promises of the protocol that were not kept. */
  readonly broken: string[] = [];
  /** What nobody but its owner may be told. */
  readonly secrets = new Set<string>();
  /** What was told as metrics, by whom. */
  readonly metrics = new Map<string, string>();
  /** Uids of what was there before any server, and of what people have made besides. */
  ambient = new Set<string>();
  armed: Armed | undefined;
  /** Waits while others work. */
  idly: <T>(wait: () => Promise<T>) => Promise<T> = (wait) => wait();
  readonly loadBalancerHost: string;
  readonly serverImage: string;
  readonly #stack = new AsyncDisposableStack();

  private constructor({ ground, number, signal, serverImage }: SceneOptions) {
    this.ground = ground;
    this.signal = signal;
    this.serverImage = serverImage ?? SERVER_IMAGE;
    this.namespace = `crash-${process.pid}-${number}`;
    this.loadBalancerHost = `127.78.${Math.floor(number / 250) % 250}.${(number % 250) + 1}`;
    this.history = ground.truth.history(this.namespace);
    this.pods = new ServerPods(ground, this.history);
    this.history.onVersion((version) => ground.neighbours?.see(version));
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const scene = new Scene(options);
    try {
      await scene.#start(options);
      return scene;
    } catch (error) {
      await scene[Symbol.asyncDispose]();
      throw error;
    }
  }

  get server(): AnyObject | undefined {
    return this.history.get('AnweddolServer', SERVER)?.object;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #start({ ground, operators, entrypoint }: SceneOptions): Promise<void> {
    const { admin } = ground;
    const { namespace, signal } = this;
    const metadata = { name: namespace };
    await admin.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata }, { signal });
    this.#stack.defer(async () => {
      ground.fates.delete(namespace);
      ground.holds.delete(namespace);
      ground.guests.misbehave(namespace, undefined);
      await admin.delete(Namespace, metadata).catch(() => undefined);
    });
    ground.fates.set(namespace, (crossing) => this.#serverFate(crossing));
    this.#startLoadBalancer();
    const token = await operatorToken(admin, namespace, signal);
    this.secrets.add(token);
    await this.history.until(
      ({ objects }) => objects.has('ServiceAccount/default') && objects.has('ConfigMap/kube-root-ca.crt'),
      signal,
    );
    this.ambient = new Set([...this.history.objects.values()].map(({ object }) => object.metadata.uid));
    for (let index = 0; index < operators; index += 1)
      await this.#startOperator(index, token, entrypoint, operators > 1);
  }

  #startLoadBalancer(): void {
    const { plane, signal } = this.ground;
    const stop = new AbortController();
    const connections = new Connections(plane, clock);
    const log = createLog('campaign', 'silent');
    const balancer = startLoadBalancer({
      client: connections.open('load-balancer', plane.adminToken).client,
      clock,
      log,
      signal: AbortSignal.any([signal, stop.signal]),
      namespace: this.namespace,
      host: this.loadBalancerHost,
      shift: process.getuid?.() !== 0,
    });
    this.#stack.defer(async () => {
      stop.abort(new Error('the scene closes'));
      balancer.close();
      await connections.close();
    });
  }

  async #startOperator(index: number, token: string, entrypoint: string, elects: boolean): Promise<void> {
    const { ground, namespace, signal } = this;
    const { url, caCertificate } = ground.plane;
    const proxy = await CrashProxy.start({
      url,
      caCertificate,
      fate: (crossing) => {
        this.operatorCrossings.push(crossing);
        return this.#fate('operator', crossing, () => operator.crash());
      },
    });
    this.#stack.defer(() => proxy.close());
    if (index === 0) await untilGranted(proxy.url, token, namespace, signal);
    const path = join(ground.folder, `kubeconfig-${namespace}-${index}`);
    await writeFile(path, plainKubeconfig(proxy.url, token, namespace), { mode: 0o600 });
    const operator: OperatorProcess = new OperatorProcess({
      entrypoint,
      surprised: (why) => this.surprises.push(`the operator ${why}`),
      args: [
        `--server-image=${this.serverImage}`,
        `--kubeconfig=${path}`,
        `--namespaces=${namespace}`,
        `--leader-elect=${elects}`,
        '--health-address=0',
        '--metrics-address=127.0.0.1:0',
        '--log-level=debug',
      ],
    });
    this.#stack.defer(() => operator.kill());
    this.operators.push(operator);
  }

  #serverFate(crossing: Crossing): Crash | undefined {
    const { pod } = crossing;
    return pod && this.#fate('server', crossing, () => this.pods.kill(pod.uid));
  }

  #fate(who: Author['who'], crossing: Crossing, kill: () => void): Crash | undefined {
    const key = this.written.take(who, crossing);
    const reached = key && this.armed?.meet(key);
    const moment = MOMENTS.find((one) => one === reached);
    return moment && { moment, kill };
  }
}
