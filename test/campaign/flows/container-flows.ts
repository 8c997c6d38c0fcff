/** What clients do with a server, and what becomes of containers. */
import { ANNOTATION_EXPIRES_AT, FIELD_MANAGER, LABEL_SLICE_MANAGED_BY, LABEL_STATE } from '../../../src/api/names.ts';
import { VirtualMachineInstance } from '../../../src/kube/resources.ts';
import type { CreatedContainer } from '../../../src/wire/response.ts';
import type { Scene } from '../ground/scene.ts';
import type { AnyObject } from '../truth/version.ts';
import { ask, containerOf, converse, destroyOnce, type OnPoint } from './conversation.ts';
import { BASE, type Flow, type Spec } from './flow.ts';
import { crashAt } from './points.ts';
import { editServer, isSettled } from './server.ts';

export const WARM: Spec = { ...BASE, containers: { ...BASE.containers, warm: 1 } };
/** Of a server that tells most; nothing of it may be a secret. */
const TALKATIVE: Spec = { ...WARM, pod: { logLevel: 'debug' } };
/** A claim that nobody finishes is over by its deadlines: 10 s to start, 2 s for the client, and 15 s. */
const CLAIM_MS = 30_000;
/** One that failed may have left and lost objects, and led to another. */
export const OF_CONTAINERS = ['VirtualMachineInstance', 'Secret', 'EndpointSlice', 'Pod'];

const PREPARE_TRIES = 3;
const RUSH_MS = 3_000;
/** A crashed operator has to start first. */
const SHUT_MS = 10_000;
/** A container that is over is gone by then, whoever was killed. */
const OVER_MS = 20_000;

/** The containers of a scene that a client has been given, until it gives them back. */
const given = new WeakMap<Scene, CreatedContainer[]>();

export const CONTAINER_FLOWS: Flow[] = [
  { name: 'create-cold', spec: BASE, ...creating(), isOver: isIdle },
  { name: 'create-warm', spec: TALKATIVE, ...creating(), isOver: isIdle },
  {
    name: 'destroy',
    spec: BASE,
    prepare: mustCreate,
    act: destroyGiven,
    verify: refusesGiven,
    isOver: isEmpty,
    slackMs: CLAIM_MS,
    uncounted: OF_CONTAINERS,
  },
  {
    name: 'destroy-slowly',
    spec: BASE,
    prepare: createLingering,
    act: destroyGiven,
    verify: release,
    isOver: (scene) => isSettled(scene) && machines(scene).every(({ metadata }) => metadata.deletionTimestamp),
    slackMs: CLAIM_MS,
    uncounted: OF_CONTAINERS,
  },
  {
    name: 'create-rush',
    spec: { ...WARM, replicas: 2, containers: { ...WARM.containers, maxRunning: 3 } },
    act: createTwo,
    hasSucceeded: (scene) => given.get(scene)?.length === 2,
    verify: giveBack,
    isOver: isIdle,
    slackMs: CLAIM_MS,
    uncounted: OF_CONTAINERS,
  },
  {
    name: 'expiry',
    spec: BASE,
    prepare: mustCreate,
    act: expire,
    verify: refusesGiven,
    isOver: isEmpty,
    uncounted: OF_CONTAINERS,
  },
  {
    name: 'failed-boot',
    spec: BASE,
    prepare: async ({ ground, namespace }) => ground.guests.misbehave(namespace, 'fails'),
    act: createInVain,
    isOver: isEmpty,
    slackMs: CLAIM_MS,
    uncounted: OF_CONTAINERS,
  },
  {
    name: 'failed-setup',
    spec: BASE,
    prepare: async ({ ground, namespace }) => ground.guests.misbehave(namespace, 'setup fails'),
    act: createInVain,
    isOver: isEmpty,
    slackMs: CLAIM_MS,
    uncounted: OF_CONTAINERS,
  },
  {
    name: 'warm-up',
    spec: BASE,
    act: async (scene) => warm(scene, 1),
    isOver: isIdle,
    slackMs: CLAIM_MS,
    uncounted: OF_CONTAINERS,
  },
  { name: 'warm-down', spec: WARM, act: async (scene) => warm(scene, 0), isOver: isIdle, uncounted: OF_CONTAINERS },
];

function creating(): Omit<Flow, 'name' | 'spec'> {
  return {
    act: create,
    hasSucceeded: (scene) => given.has(scene),
    verify: giveBack,
    slackMs: CLAIM_MS,
    uncounted: OF_CONTAINERS,
    pairs: true,
    points: [
      { point: 'client/committed', moments: ['server-killed', 'client-gone'] },
      { point: 'client/begun', moments: ['server-killed', 'client-gone'] },
      { point: 'client/read', moments: ['server-killed', 'client-gone'] },
    ],
  };
}

/** One try, as a client does it. */
async function create(scene: Scene): Promise<void> {
  const over = new AbortController();
  void atCommitted(scene, over.signal);
  const onPoint: OnPoint = (point, client) => {
    if (point !== 'sent') crashAt(scene, `client/${point}`, () => client.getSocketDescriptor()?.destroy());
    else leavers.set(scene, () => client.getSocketDescriptor()?.destroy());
  };
  const answer = await converse(scene, 'CREATE', {}, onPoint);
  over.abort();
  const container = containerOf(scene, answer);
  if (container) given.set(scene, [...(given.get(scene) ?? []), container]);
}

/** A busy machine may be too slow for the first ones. @throws Error when there is none */
export async function mustCreate(scene: Scene): Promise<void> {
  for (let tries = 0; tries < PREPARE_TRIES && !given.has(scene); tries += 1) await create(scene);
  if (!given.has(scene)) throw new Error('CREATE gave no container though nobody was crashed');
}

const leavers = new WeakMap<Scene, () => void>();

/** Between the commit of Secret and state, and the reply. */
async function atCommitted(scene: Scene, signal: AbortSignal): Promise<void> {
  const isReady = () => machines(scene).some(({ metadata }) => metadata.labels?.[LABEL_STATE] === 'ready');
  await scene.history.until(isReady, signal).catch(() => undefined);
  if (!signal.aborted) crashAt(scene, 'client/committed', () => leavers.get(scene)?.());
}

/** Two at once at two server pods, which both take the same warm container for theirs. */
async function createTwo(scene: Scene): Promise<void> {
  const { ground, namespace } = scene;
  const met = new Set<string>();
  const both = Promise.withResolvers<void>();
  const late = setTimeout(both.resolve, RUSH_MS);
  ground.holds.set(namespace, ({ write, pod }) => {
    if (write?.verb !== 'patch' || !write.resource.endsWith('/virtualmachineinstances') || !pod) return undefined;
    met.add(pod.uid);
    if (met.size > 1) both.resolve();
    return both.promise;
  });
  const answers = await Promise.all([converse(scene, 'CREATE'), converse(scene, 'CREATE')]);
  clearTimeout(late);
  ground.holds.delete(namespace);
  const containers = answers.flatMap((answer) => containerOf(scene, answer) ?? []);
  const uuids = new Set(containers.map(({ container_uuid }) => container_uuid));
  if (uuids.size < containers.length) scene.broken.push('two clients were given the same container');
  given.set(scene, containers);
}

/** Its machine will take as long to end as the scene wants. */
async function createLingering(scene: Scene): Promise<void> {
  scene.ground.guests.misbehave(scene.namespace, 'lingers');
  await mustCreate(scene);
}

/** By now the way in must be gone, though the machine is not. */
async function release({ ground, namespace, signal, history, broken }: Scene): Promise<void> {
  const isOurs = ({ metadata }: AnyObject) => metadata.labels?.[LABEL_SLICE_MANAGED_BY] === FIELD_MANAGER;
  const isShut = () => !history.ofKind('EndpointSlice').some(({ object }) => isOurs(object));
  const late = AbortSignal.any([signal, AbortSignal.timeout(SHUT_MS)]);
  await history.until(isShut, late).catch(() => broken.push('the way in stays open while a machine ends'));
  ground.guests.misbehave(namespace, undefined);
}

async function giveBack(scene: Scene): Promise<void> {
  for (const container of given.get(scene) ?? []) await destroyOnce(scene, container);
}

async function destroyGiven(scene: Scene): Promise<void> {
  for (const { container_uuid, client_token } of given.get(scene) ?? []) {
    // An answer that was lost may have been a success: then there is nothing to destroy any more.
    await ask(scene, 'DESTROY', { container_uuid, client_token });
  }
}

async function refusesGiven(scene: Scene): Promise<void> {
  // An operator that was killed ends it when it is back; what is not over then is found by others.
  const late = AbortSignal.any([scene.signal, AbortSignal.timeout(OVER_MS)]);
  await scene.history.until(() => machines(scene).length === 0, late).catch(() => undefined);
  for (const { container_uuid, client_token } of given.get(scene) ?? []) {
    const { success } = await ask(scene, 'DESTROY', { container_uuid, client_token });
    if (success) scene.broken.push('a container that was over could be destroyed');
  }
}

async function expire(scene: Scene): Promise<void> {
  const { ground, namespace, signal } = scene;
  const annotations = { [ANNOTATION_EXPIRES_AT]: new Date(Date.now() + 300).toISOString() };
  for (const { metadata } of machines(scene)) {
    const name = { namespace, name: metadata.name };
    await ground.admin.mergePatch(VirtualMachineInstance, name, { metadata: { annotations } }, { signal });
  }
}

async function createInVain(scene: Scene): Promise<void> {
  const answer = await converse(scene, 'CREATE');
  if (containerOf(scene, answer)) scene.broken.push('a container that did not boot was given to a client');
}

async function warm(scene: Scene, count: number): Promise<void> {
  await editServer(scene, { containers: { warm: count } });
}

/** Nobody's container is in the making or ending, and as many are warm as are wanted. */
export function isIdle(scene: Scene): boolean {
  const all = machines(scene);
  const states = all.map(({ metadata }) => (metadata.deletionTimestamp ? 'ending' : metadata.labels?.[LABEL_STATE]));
  const { warm: wanted = 0 } = (scene.server?.spec?.containers ?? {}) as { warm?: number };
  const isStill = states.every((state) => state === 'warm' || state === 'ready');
  return isSettled(scene) && isStill && states.filter((state) => state === 'warm').length === wanted;
}

/** Nobody's container is there, nor a trace of one. */
function isEmpty(scene: Scene): boolean {
  return isSettled(scene) && machines(scene).length === 0;
}

function machines({ history }: Scene): AnyObject[] {
  return history.ofKind('VirtualMachineInstance').map(({ object }) => object);
}
