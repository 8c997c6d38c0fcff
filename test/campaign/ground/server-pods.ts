import type { LogBuffer } from '../../../src/embedded/node/log-buffer.ts';
import type { History } from '../truth/history.ts';
import type { AnyObject } from '../truth/version.ts';
import type { Ground } from './ground.ts';

/** The server pods of a scene: their processes, and what they wrote. */
export class ServerPods {
  readonly #node: Ground['node'];
  readonly #history: History;
  readonly #logs = new Set<LogBuffer>();
  /** By uid: how often the campaign killed a process of it. */
  readonly #kills = new Map<string, number>();

  constructor({ node }: Pick<Ground, 'node'>, history: History) {
    this.#node = node;
    this.#history = history;
    history.onVersion(({ kind, object }) => {
      if (kind === 'Pod') this.#keepLogs(object.metadata.uid);
    });
  }

  /** Those that are ready. */
  ready(): AnyObject[] {
    const pods = this.#history.ofKind('Pod').map(({ object }) => object);
    const isServer = (pod: AnyObject) => pod.metadata.ownerReferences?.some(({ kind }) => kind === 'ReplicaSet');
    return pods.filter((pod) => isServer(pod) && isReady(pod));
  }

  /** Ends the process of a pod at once; the node starts it again. */
  kill(uid: string): void {
    const id = this.#processOf(uid);
    if (!id) return;
    this.#kills.set(uid, (this.#kills.get(uid) ?? 0) + 1);
    try {
      process.kill(-id, 'SIGKILL');
    } catch {
      // It was ending anyway.
    }
  }

  /** Whether the node has told of each process that was killed, and that it started it again where the pod is to stay. */
  get areBack(): boolean {
    return [...this.#kills].every(([uid, kills]) => {
      const pod = this.#podOf(uid);
      if (!pod || pod.metadata.deletionTimestamp) return true;
      const [status] = (pod.status?.containerStatuses ?? []) as { restartCount?: number }[];
      return (status?.restartCount ?? 0) >= kills;
    });
  }

  /** What their containers wrote, as far as it is kept. */
  logs(): string {
    return [...this.#logs].map((log) => log.tail()).join('\n');
  }

  /** They outlive their pod here. */
  #keepLogs(uid: string): void {
    for (const previous of [false, true]) {
      const log = this.#node.logs({ uid }, undefined, previous);
      if (log) this.#logs.add(log);
    }
  }

  #processOf(uid: string): number | undefined {
    const statuses = this.#podOf(uid)?.status?.containerStatuses as { containerID?: string }[] | undefined;
    const [, id] = /^process:\/\/(\d+)/.exec(statuses?.[0]?.containerID ?? '') ?? [];
    return id ? Number(id) : undefined;
  }

  #podOf(uid: string): AnyObject | undefined {
    return this.#history.ofKind('Pod').find(({ object }) => object.metadata.uid === uid)?.object;
  }
}

function isReady({ metadata, status }: AnyObject): boolean {
  const conditions = (status?.conditions ?? []) as { type: string; status: string }[];
  return !metadata.deletionTimestamp && conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True');
}
