import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startInMemoryControlPlane } from '../../../../src/embedded/cluster/start-in-memory-control-plane.ts';
import { type Cluster, startCluster } from '../../../../src/embedded/cluster.ts';
import type { Image } from '../../../../src/embedded/node/images/image-catalogue.ts';
import type { Hollow } from '../../../../src/embedded/node/machines/hollow.ts';
import type { KubeObject, Resource } from '../../../../src/kube/objects.ts';
import type { Store } from '../../../../src/kube/store.ts';
import { watched } from '../../../../src/kube/watched.ts';
import { createLog } from '../../../../src/observability/log.ts';
import { systemClock as clock } from '../../../../src/runtime/system-clock.ts';

const PATIENCE_MS = 20_000;

export interface TestCluster extends Cluster {
  folder: string;
  /** Ends the node and the load balancer and starts others on the same control plane. */
  restart(): Promise<TestCluster>;
  store<T extends KubeObject>(resource: Resource<T>): Store<T>;
  /** Aborts when a test should have come to its end. */
  patience: AbortSignal;
}

interface TestClusterOptions {
  images?: Map<string, Image>;
  host?: string;
  hollow?: Hollow;
}

/** A whole cluster that is gone when the test ends. */
export async function testCluster(
  t: TestContext,
  { images = new Map(), host = '127.0.0.1', hollow }: TestClusterOptions = {},
): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'cluster-'));
  const stop = new AbortController();
  const log = createLog('test', process.env.LOG_LEVEL ?? 'silent');
  const controlPlane = await startInMemoryControlPlane({ clock, log });
  const options = { clock, log, controlPlane, images: { images }, loadBalancerHost: host, hollow };
  const running: Cluster[] = [];
  t.after(async () => {
    stop.abort();
    for (const cluster of running) await cluster.close();
    await controlPlane.close();
    await rm(folder, { recursive: true, force: true });
  });
  const start = async (): Promise<TestCluster> => {
    const cluster = await startCluster({ ...options, dataDir: folder, signal: stop.signal });
    running.push(cluster);
    return {
      ...cluster,
      folder,
      async restart() {
        await cluster.close();
        return start();
      },
      store: (resource) => watched(cluster.client, resource, {}, { clock, log, signal: stop.signal }),
      patience: AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE_MS)]),
    };
  };
  return start();
}
