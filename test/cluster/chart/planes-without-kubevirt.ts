/** Control planes that nobody has installed KubeVirt into, or not any more. */
import { startApiServer } from '../../../src/embedded/apiserver/start-api-server.ts';
import type { ControlPlane } from '../../../src/embedded/control-plane.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { CustomResourceDefinition } from '../../../src/kube/resources.ts';
import { watched } from '../../../src/kube/watched.ts';
import { createLog } from '../../../src/observability/log.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { connectTo } from '../../support/connect-to.ts';
import type { Plane } from '../../support/planes.ts';
import { OWN_REAL_PLANE } from './arena.ts';

const PATIENCE_MS = 150_000;
const log = createLog('test', 'silent');

export const PLANES_WITHOUT_KUBEVIRT: Record<'inMemory' | 'real', Plane> = {
  inMemory: {
    name: 'in-memory API server without KubeVirt',
    skip: false,
    shared: false,
    start: () => startApiServer({ clock, log }),
  },
  real: { ...OWN_REAL_PLANE, name: `${OWN_REAL_PLANE.name} whose KubeVirt has been removed`, start: startRealOne },
};

async function startRealOne(): Promise<ControlPlane> {
  const plane = await OWN_REAL_PLANE.start();
  try {
    await removeKubeVirt(plane);
    return plane;
  } catch (error) {
    await plane.close();
    throw error;
  }
}

/** Its kinds, and with them all objects of these. */
async function removeKubeVirt(plane: ControlPlane): Promise<void> {
  await using closing = new AsyncDisposableStack();
  const transport = connectTo(plane);
  closing.defer(() => transport.close());
  const stop = new AbortController();
  closing.defer(() => stop.abort());
  const kube = createKubeClient(transport);
  const ofKubeVirt = ({ spec }: CustomResourceDefinition) => /(^|\.)kubevirt\.io$/.test(spec.group);
  for (const { metadata } of (await kube.list(CustomResourceDefinition, {})).items.filter(ofKubeVirt)) {
    await kube.delete(CustomResourceDefinition, metadata);
  }
  const left = watched(kube, CustomResourceDefinition, {}, { clock, log, signal: stop.signal });
  const gone = (all: typeof left) => (all.hasSynced && !all.list().some(ofKubeVirt)) || undefined;
  await left.waitFor(gone, AbortSignal.timeout(PATIENCE_MS)).catch(() => {
    throw new Error(`KubeVirt's definitions stay: ${JSON.stringify(left.list().filter(ofKubeVirt))}`);
  });
}
