import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connections } from '../../../src/embedded/cluster/connections.ts';
import { VIRT_HANDLER } from '../../../src/embedded/cluster/kubevirt-accounts.ts';
import { machineAccounts } from '../../../src/embedded/cluster/machine-accounts.ts';
import { serviceAccountToken } from '../../../src/embedded/cluster/service-account-token.ts';
import type { ControlPlane } from '../../../src/embedded/control-plane.ts';
import type { Image } from '../../../src/embedded/node/images/image-catalogue.ts';
import { type RunningNode, startNode } from '../../../src/embedded/node/start-node.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { ClusterRole } from '../../../src/kube/resources.ts';
import { runFolder } from '../../../src/main/demo/folders.ts';
import { applyManifests, manifestsOf } from '../../../src/main/demo/manifests.ts';
import { createLog } from '../../../src/observability/log.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import type { Crossing } from '../../support/crash-proxy/crossing.ts';
import { type Crash, CrashProxy, type CrashProxyOptions } from '../../support/crash-proxy/proxy.ts';
import type { Plane } from '../../support/planes.ts';
import { KINDS } from '../truth/kinds.ts';
import { Truth } from '../truth/truth.ts';
import { Guests } from './guests.ts';
import { NEIGHBOUR_KINDS, Neighbours } from './neighbours.ts';
import { bundlePrograms, type Programs } from './programs.ts';

export const ISO_IMAGE = 'campaign-iso:1';
/** Its contents, which machines that are only played never read. */
const ISO_TEXT = 'an ISO for machines that are only played';
export const ISO_SHA256 = createHash('sha256').update(ISO_TEXT).digest('hex');
export const OTHER_ISO_IMAGE = 'campaign-iso:2';
export const SERVER_IMAGE = 'anweddol-operator:campaign';
/** The same program under another name. */
export const OTHER_SERVER_IMAGE = 'anweddol-operator:campaign-2';
/** Bound in each namespace that an operator is let into. */
export const OPERATOR_ROLE = 'campaign-operator';
/** In a cluster a client speaks plain HTTP to this port, and to few others. */
const PLAIN_PORT = 8001;
/** Of the campaign on this machine; the last byte is tried until one is free. */
const POD_PROXY_NETWORK = '127.77.0';

/** What all runs of a campaign share: one API server, one node, and one proxy for all server pods. */
export interface Ground extends AsyncDisposable {
  plane: ControlPlane;
  admin: KubeClient;
  truth: Truth;
  node: RunningNode;
  guests: Guests;
  images: Map<string, Image>;
  programs: Programs;
  /** CDI and cert-manager, where flows need them. */
  neighbours: Neighbours | undefined;
  podProxy: CrashProxy;
  /** Of every client. */
  clientKey: RSAWrapper;
  folder: string;
  signal: AbortSignal;
  /** Who decides over the requests of a namespace's server pods. */
  fates: Map<string, (crossing: Crossing) => Crash | undefined>;
  /** What the requests of a namespace's server pods wait for. */
  holds: Map<string, (crossing: Crossing) => Promise<void> | undefined>;
}

interface GroundOptions {
  /** Whether CDI and cert-manager are there too: they are the whole cluster's. Default: no. */
  hasNeighbours?: boolean;
}

export async function layGround(
  plane: Plane,
  say: (line: string) => void,
  { hasNeighbours = false }: GroundOptions = {},
): Promise<Ground> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = await runFolder('campaign');
    stack.defer(() => folder.remove());
    const [controlPlane, programs, clientKey] = await Promise.all([
      plane.start(),
      bundlePrograms(join(folder.path, 'programs')),
      RSAWrapper.generate({ bits: 2048 }),
    ]);
    stack.defer(() => controlPlane.close());
    say(`ground: ${plane.name}`);
    const stop = new AbortController();
    stack.defer(() => stop.abort(new Error('the campaign ends')));
    const parts = { plane: controlPlane, programs, clientKey, folder: folder.path, signal: stop.signal };
    return await startParts(parts, hasNeighbours, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function startParts(
  parts: Pick<Ground, 'plane' | 'programs' | 'clientKey' | 'folder' | 'signal'>,
  hasNeighbours: boolean,
  stack: AsyncDisposableStack,
): Promise<Ground> {
  const { plane, programs, folder, signal } = parts;
  const log = createLog('campaign', process.env.LOG_LEVEL ?? 'silent');
  const connections = new Connections(plane, clock);
  stack.defer(() => connections.close());
  const admin = connections.open('admin', plane.adminToken).client;
  await applyManifests(admin, await manifestsOf('crds'), signal);
  const neighbours = hasNeighbours ? await Neighbours.settle(admin) : undefined;
  await grantOperators(admin, signal);
  const fates: Ground['fates'] = new Map();
  const holds: Ground['holds'] = new Map();
  const podProxy = await podProxyOf(plane, {
    fate: (crossing) => fates.get(crossing.namespace ?? '')?.(crossing),
    hold: (crossing) => holds.get(crossing.namespace ?? '')?.(crossing),
  });
  stack.defer(() => podProxy.close());
  const truth = await untilServed(() => Truth.start(plane, hasNeighbours ? [...KINDS, ...NEIGHBOUR_KINDS] : KINDS));
  stack.defer(() => truth.close());

  const isoPath = join(folder, 'campaign.iso');
  await writeFile(isoPath, ISO_TEXT);
  const otherIsoPath = join(folder, 'other.iso');
  await writeFile(otherIsoPath, 'another ISO');
  const images = new Map<string, Image>([
    [SERVER_IMAGE, programs.image],
    [OTHER_SERVER_IMAGE, programs.image],
    [ISO_IMAGE, { kind: 'disk', path: isoPath }],
    [OTHER_ISO_IMAGE, { kind: 'disk', path: otherIsoPath }],
  ]);
  const tokens = await machineAccounts(admin, signal);
  const handler = await serviceAccountToken(admin, VIRT_HANDLER, signal);
  const guests = new Guests();
  const { hostname, port } = new URL(podProxy.url);
  const node = await startNode({
    clock,
    log,
    signal,
    client: connections.open('kubelet', tokens.node).client,
    virtHandler: connections.open('virt-handler', handler).client,
    name: `campaign-${process.pid}`,
    catalogue: { images },
    apiServer: { host: hostname, port: Number(port) },
    folder: join(folder, 'node'),
    shift: process.getuid?.() !== 0,
    hollow: guests,
    random: Math.random,
  });
  stack.defer(() => node.close());
  const dispose = () => stack.disposeAsync();
  const laid = { admin, truth, node, guests, images, neighbours, podProxy, fates, holds };
  return { ...parts, ...laid, [Symbol.asyncDispose]: dispose };
}

/** All that deploy/operator grants the operator, for whoever binds it. */
async function grantOperators(admin: KubeClient, signal: AbortSignal): Promise<void> {
  const manifests = (await manifestsOf('deploy/operator')) as unknown as ClusterRole[];
  const rules = manifests
    .filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role')
    .flatMap((manifest) => manifest.rules ?? []);
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', rules };
  await admin.apply(
    ClusterRole,
    { ...role, metadata: { name: OPERATOR_ROLE } },
    { fieldManager: 'campaign', force: true, signal },
  );
}

async function podProxyOf(
  { url, caCertificate }: ControlPlane,
  deciders: Pick<CrashProxyOptions, 'fate' | 'hold'>,
): Promise<CrashProxy> {
  for (let last = 1; ; last += 1) {
    try {
      const listen = { host: `${POD_PROXY_NETWORK}.${last}`, port: PLAIN_PORT };
      return await CrashProxy.start({ url, caCertificate, listen, ...deciders });
    } catch (error) {
      // Another campaign is under way there.
      if (last >= 250 || !(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
    }
  }
}

const SERVED_TRIES = 100;

/** New types are served a moment after they were applied. */
async function untilServed<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start();
    } catch (error) {
      if (tries >= SERVED_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
