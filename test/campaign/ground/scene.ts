import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connections } from '../../../src/embedded/cluster/connections.ts';
import { startLoadBalancer } from '../../../src/embedded/loadbalancer/start-load-balancer.ts';
import type { LogBuffer } from '../../../src/embedded/node/log-buffer.ts';
import { Namespace } from '../../../src/kube/resources.ts';
import { createLog } from '../../../src/observability/log.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import type { Crossing } from '../../support/crash-proxy/crossing.ts';
import { type Crash, CrashProxy, MOMENTS } from '../../support/crash-proxy/proxy.ts';
import type { Armed } from '../plan/armed.ts';
import { type Author, WriteCounter, writeKey } from '../plan/writes.ts';
import type { History } from '../truth/history.ts';
import type { AnyObject } from '../truth/version.ts';
import { operatorToken, plainKubeconfig, untilGranted } from './access.ts';
import { type Ground, SERVER_IMAGE } from './ground.ts';
import { OperatorProcess } from './operator-process.ts';

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

/** One write, as it came by. */
interface SeenWrite {
  /** Numbered among its like. */
  write: string;
  who: Author['who'];
  /** Milliseconds since the epoch. */
  at: number;
  crossing: Crossing;
}

export const SERVER = 'lab';

/** A namespace with operators behind proxies of their own, and everything about it that is recorded. */
export class Scene implements AsyncDisposable {
  readonly ground: Ground;
  readonly namespace: string;
  readonly history: History;
  readonly signal: AbortSignal;
  readonly operators: OperatorProcess[] = [];
  /** All writes since the counting began anew. */
  writes: SeenWrite[] = [];
  /** From the beginning. */
  readonly allWrites: SeenWrite[] = [];
  /** Of everything that the operators asked; the last is the newest. */
  readonly operatorCrossings: Crossing[] = [];
  /** What must not have happened: processes that ended by themselves. */
  readonly surprises: string[] = [];
  /** Promises of the protocol that were not kept. */
  readonly broken: string[] = [];
  /** What nobody but its owner may be told. */
  readonly secrets = new Set<string>();
  /** Uids of what was there before any server. */
  ambient: ReadonlySet<string> = new Set();
  /** How often the campaign killed a process of a server pod. */
  podKills = 0;
  armed: Armed | undefined;
  readonly loadBalancerHost: string;
  readonly serverImage: string;
  #counter = new WriteCounter();
  readonly #podLogs = new Set<LogBuffer>();
  readonly #stack = new AsyncDisposableStack();

  private constructor({ ground, number, signal, serverImage }: SceneOptions) {
    this.ground = ground;
    this.signal = signal;
    this.serverImage = serverImage ?? SERVER_IMAGE;
    this.namespace = `crash-${process.pid}-${number}`;
    this.loadBalancerHost = `127.78.${Math.floor(number / 250) % 250}.${(number % 250) + 1}`;
    this.history = ground.truth.history(this.namespace);
    this.history.onVersion(({ kind, object }) => {
      if (kind === 'Pod') this.#keepLogs(object.metadata.uid);
    });
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

  /** Writes are counted from here. */
  countAnew(): void {
    this.writes = [];
    this.#counter = new WriteCounter();
  }

  get server(): AnyObject | undefined {
    return this.history.get('AnweddolServer', SERVER)?.object;
  }

  /** Ends a server pod's process at once; the node starts it again. */
  killPod(uid: string): void {
    const id = this.#processOf(uid);
    if (!id) return;
    this.podKills += 1;
    try {
      process.kill(-id, 'SIGKILL');
    } catch {
      // It was ending anyway.
    }
  }

  /** Uids of the server pods that are ready. */
  readyPods(): string[] {
    const pods = this.history.ofKind('Pod').map(({ object }) => object);
    const isServer = (pod: AnyObject) => pod.metadata.ownerReferences?.some(({ kind }) => kind === 'ReplicaSet');
    return pods.filter((pod) => isServer(pod) && isReady(pod)).map(({ metadata }) => metadata.uid);
  }

  /** How often the node has started server pods' processes again, as far as it has told. */
  get podRestarts(): number {
    const counts = new Map<string, number>();
    for (const { kind, object } of this.history.versions) {
      const [status] = (object.status?.containerStatuses ?? []) as { restartCount?: number }[];
      if (kind === 'Pod' && status?.restartCount) counts.set(object.metadata.uid, status.restartCount);
    }
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** What the containers of the server pods wrote, as far as it is kept. */
  podLogs(): string {
    return [...this.#podLogs].map((log) => log.tail()).join('\n');
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
        '--metrics-address=0',
        '--log-level=debug',
      ],
    });
    this.#stack.defer(() => operator.kill());
    this.operators.push(operator);
  }

  #serverFate(crossing: Crossing): Crash | undefined {
    const { pod } = crossing;
    return pod && this.#fate('server', crossing, () => this.killPod(pod.uid));
  }

  #fate(who: Author['who'], crossing: Crossing, kill: () => void): Crash | undefined {
    if (!crossing.write) return undefined;
    const key = writeKey({ who }, crossing.write);
    const seen = { write: this.#counter.next(key), who, at: crossing.at, crossing };
    this.writes.push(seen);
    this.allWrites.push(seen);
    const reached = this.armed?.meet(key);
    const moment = MOMENTS.find((one) => one === reached);
    return moment && { moment, kill };
  }

  /** They outlive their pod here. */
  #keepLogs(uid: string): void {
    for (const previous of [false, true]) {
      const log = this.ground.node.logs({ uid }, undefined, previous);
      if (log) this.#podLogs.add(log);
    }
  }

  #processOf(uid: string): number | undefined {
    const pod = this.history.ofKind('Pod').find(({ object }) => object.metadata.uid === uid)?.object;
    const statuses = pod?.status?.containerStatuses as { containerID?: string }[] | undefined;
    const [, id] = /^process:\/\/(\d+)/.exec(statuses?.[0]?.containerID ?? '') ?? [];
    return id ? Number(id) : undefined;
  }
}

function isReady({ metadata, status }: AnyObject): boolean {
  const conditions = (status?.conditions ?? []) as { type: string; status: string }[];
  return !metadata.deletionTimestamp && conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}
