/** A node that does nothing by itself: a behaviour says what its kubelet and its virt-handler report, and when. */
import type { Answer, ApiCaller, Json } from './api-caller.ts';
import type { World } from './behaviour.ts';

export interface PodReport {
  phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  /** Of the container `compute`. Default: running, and not ready. */
  state?: object;
  ready?: boolean;
  /** Of the other containers. Default: running. */
  othersState?: object;
}

const POD_ADDRESS = '10.244.7.7';
const SINCE = '2026-01-01T00:00:00Z';
const RUNNING = { running: { startedAt: SINCE } };

export const machines = ({ namespace }: World) =>
  `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachineinstances`;
const pods = ({ namespace }: World) => `/api/v1/namespaces/${namespace}/pods`;

/** The name of the node that every machine of this behaviour asks for. */
export const nodeName = ({ unique }: World) => `node-${unique}`;

export class MachineNode {
  readonly name: string;
  /** Has the rights of virt-handler. */
  readonly handler: ApiCaller;
  readonly #world: World;

  private constructor(world: World, handler: ApiCaller) {
    this.#world = world;
    this.name = nodeName(world);
    this.handler = handler;
  }

  static async start(world: World): Promise<MachineNode> {
    const { admin } = world;
    const account = '/api/v1/namespaces/kubevirt/serviceaccounts/kubevirt-handler/token';
    const token = expected(201, await admin.post(account, { spec: {} })).status.token;
    const node = new MachineNode(world, world.as(token));
    expected(201, await admin.post('/api/v1/nodes', nodeObject(node.name)));
    world.cleanUp(() => admin.delete(`/api/v1/nodes/${node.name}`));
    world.cleanUp(() => node.#empty());
    return node;
  }

  /** The launcher pod of a machine, as soon as there is one. */
  async launcher(machine: Json): Promise<Json> {
    const { admin, eventually } = this.#world;
    const { uid, namespace } = machine.metadata;
    const selector = encodeURIComponent(`kubevirt.io/created-by=${uid}`);
    return eventually(async () => {
      const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`;
      const { items } = expected(200, await admin.get(path));
      if (items.length !== 1) throw new Error(`${items.length} launcher pods`);
      return items[0];
    });
  }

  /** Does a scheduler's part. */
  async bind(pod: Json): Promise<void> {
    const { name, namespace } = pod.metadata;
    const target = { apiVersion: 'v1', kind: 'Node', name: this.name };
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace }, target };
    expected(201, await this.#world.admin.post(`${pods(this.#world)}/${name}/binding`, body));
  }

  /** Does a kubelet's part. */
  async report(pod: Json, report: PodReport = {}): Promise<void> {
    const path = `${pods(this.#world)}/${pod.metadata.name}/status`;
    expected(200, await this.#world.admin.strategicPatch(path, { status: podStatus(pod, report) }));
  }

  /** Ends the pod, as a kubelet does once its containers have ended. */
  async remove(pod: Json): Promise<void> {
    const body = { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } };
    const { code } = await this.#world.admin.delete(`${pods(this.#world)}/${pod.metadata.name}`, body);
    if (code !== 200 && code !== 404) throw new Error(`pod not removed: ${code}`);
  }

  /** Writes the status of a machine as virt-handler, which may neither get nor patch. */
  async handle(machine: Json, change: (status: Json) => Json): Promise<Json> {
    return this.#world.eventually(async () => {
      const query = `?fieldSelector=${encodeURIComponent(`metadata.name=${machine.metadata.name}`)}`;
      const [now] = expected(200, await this.handler.get(machines(this.#world) + query)).items;
      const status = { ...now.status, ...change(now.status) };
      // Lists leave the kind of their items out.
      const whole = { apiVersion: machine.apiVersion, kind: machine.kind, ...now, status };
      return expected(200, await this.handler.put(`${machines(this.#world)}/${machine.metadata.name}`, whole));
    });
  }

  /** As far as Scheduled. */
  async schedule(machine: Json): Promise<Json> {
    const pod = await this.launcher(machine);
    await this.bind(pod);
    await this.report(pod);
    await this.inPhase(machine, 'Scheduled');
    return pod;
  }

  /** As far as Running, with the pod ready. Resolves with the pod. */
  async run(machine: Json): Promise<Json> {
    const pod = await this.schedule(machine);
    const interfaces = [{ name: 'default', ipAddress: POD_ADDRESS, ipAddresses: [POD_ADDRESS], infoSource: 'domain' }];
    await this.handle(machine, () => ({ phase: 'Running', interfaces }));
    await this.report(pod, { ready: true });
    return pod;
  }

  /** Resolves with the machine when it is in the phase. */
  async inPhase(machine: Json, phase: string): Promise<Json> {
    const { admin, eventually } = this.#world;
    return eventually(async () => {
      const { body } = await admin.get(`${machines(this.#world)}/${machine.metadata.name}`);
      if (body.status?.phase !== phase) throw new Error(`phase is ${body.status?.phase}, not ${phase}`);
      return body;
    });
  }

  /** A namespace ends only when nobody waits for the kubelet of this node any more. */
  async #empty(): Promise<void> {
    const { admin, eventually } = this.#world;
    await eventually(async () => {
      await admin.delete(machines(this.#world));
      await admin.delete(`${pods(this.#world)}`, { gracePeriodSeconds: 0 });
      const left = [await admin.get(machines(this.#world)), await admin.get(pods(this.#world))];
      if (left.some(({ body }) => body.items.length > 0)) throw new Error('machines or pods are left');
    });
  }
}

/** @throws Error with the answer's message when it has another code */
export function expected(code: number, answer: Answer): Json {
  if (answer.code !== code) throw new Error(`answered ${answer.code}, not ${code}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

function nodeObject(name: string): object {
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubevirt.io/schedulable': 'true',
        'machine-type.node.kubevirt.io/q35': 'true',
      },
      annotations: { 'kubevirt.io/heartbeat': `${new Date().toISOString().slice(0, 19)}Z` },
    },
  };
}

function podStatus(pod: Json, { phase = 'Running', state = RUNNING, ready = false, othersState = RUNNING }: PodReport) {
  const condition = (type: string, holds: boolean) => ({ type, status: holds ? 'True' : 'False' });
  const containers: { name: string; image: string }[] = pod.spec.containers;
  return {
    phase,
    hostIP: '10.0.0.7',
    podIP: POD_ADDRESS,
    podIPs: [{ ip: POD_ADDRESS }],
    startTime: SINCE,
    conditions: [condition('PodScheduled', true), condition('ContainersReady', ready), condition('Ready', ready)],
    containerStatuses: containers.map(({ name, image }) => {
      const own = name === 'compute' ? state : othersState;
      const isRunning = 'running' in own;
      return {
        name,
        image,
        imageID: isRunning ? `${image}@sha256:${'0'.repeat(64)}` : '',
        restartCount: 0,
        started: isRunning,
        ready: isRunning && (name !== 'compute' || ready),
        state: own,
      };
    }),
  };
}
