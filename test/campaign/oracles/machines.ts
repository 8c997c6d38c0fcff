/** O3: what must hold of machines, and of what belongs to them, at every version. */
import {
  ANNOTATION_CLIENT_TOKEN_SHA256,
  FIELD_MANAGER,
  LABEL_CONTAINER_UUID,
  LABEL_SERVER,
  LABEL_SLICE_MANAGED_BY,
  LABEL_STATE,
  SECRET_TYPE_CREDENTIALS,
} from '../../../src/api/names.ts';
import { type AnyObject, replay, type StoredObject, type Version } from '../truth/version.ts';

const VMI = 'VirtualMachineInstance';
const LABEL_SLICE_SERVICE = 'kubernetes.io/service-name';
/** The operator may be starting when a machine begins to end; a slice may stay for so long. */
const SLICE_LAG_MS = 5_000;
const STATES = ['booting', 'warm', 'claimed', 'ready'];

/** Never more machines of a server than it has slots; where that was changed, than it ever had. */
export function slotExcess(versions: readonly Version[]): string[] {
  const most = new Map<string, number>();
  const lines: string[] = [];
  for (const { version, objects } of replay(versions)) {
    const { kind, object, type } = version;
    if (kind === 'AnweddolServer') {
      const { maxRunning = 6 } = (object.spec?.containers ?? {}) as { maxRunning?: number };
      most.set(object.metadata.name, Math.max(most.get(object.metadata.name) ?? 0, maxRunning));
    }
    const server = object.metadata.labels?.[LABEL_SERVER];
    if (kind !== VMI || type !== 'ADDED' || !server) continue;
    const count = machinesOf(objects.values(), server).length;
    if (count > (most.get(server) ?? 0)) lines.push(`${server} has ${count} machines and ${most.get(server)} slots`);
  }
  return lines;
}

/** A machine has an owner, which is its server; one client at most; a container UUID of its own; a state that never goes back. */
export function machineFaults(versions: readonly Version[]): string[] {
  const lines: string[] = [];
  const uuids = new Map<string, string>();
  const states = new Map<string, number>();
  const owners = new Map<string, string>();
  for (const { version, objects } of replay(versions)) {
    const { kind, object, type } = version;
    const { name, uid, labels = {}, ownerReferences = [] } = object.metadata;
    if (kind !== VMI || !labels[LABEL_SERVER]) continue;
    const server = objects.get(`AnweddolServer/${labels[LABEL_SERVER]}`)?.object.metadata.uid;
    const owner = ownerReferences.find((reference) => reference.kind === 'AnweddolServer');
    if (!owner) lines.push(`machine ${name} has no owner`);
    if (type === 'ADDED' && owner?.uid !== server) lines.push(`machine ${name} is owned by no server that there is`);
    const uuid = labels[LABEL_CONTAINER_UUID] ?? '';
    if (!uuid) lines.push(`machine ${name} has no container UUID`);
    else if ((uuids.get(uuid) ?? uid) !== uid) lines.push(`container ${uuid} has two machines`);
    uuids.set(uuid, uid);
    const token = object.metadata.annotations?.[ANNOTATION_CLIENT_TOKEN_SHA256];
    if (token !== (owners.get(uid) ?? token)) lines.push(`machine ${name} was claimed by one client after another`);
    if (token) owners.set(uid, token);
    const state = STATES.indexOf(labels[LABEL_STATE] ?? '');
    if (state < 0) lines.push(`machine ${name} has no state`);
    if (state < (states.get(uid) ?? 0)) lines.push(`the state of machine ${name} went back to ${STATES[state]}`);
    states.set(uid, Math.max(state, states.get(uid) ?? 0));
  }
  return lines;
}

/** A slot's way in belongs to a machine that is ready and not ending; when that changes it goes. */
export function sliceFaults(versions: readonly Version[]): string[] {
  const lines: string[] = [];
  /** By the slice's uid: since when it should not be there. */
  const overdue = new Map<string, number>();
  for (const { version, objects } of replay(versions)) {
    const slices = [...objects.values()].filter(isOurSlice);
    for (const { object: slice } of slices) {
      const { name, uid } = slice.metadata;
      const machine = ownerIn(objects.values(), slice);
      const isOpen = machine?.metadata.labels?.[LABEL_STATE] === 'ready' && !machine.metadata.deletionTimestamp;
      if (isOpen) overdue.delete(uid);
      else overdue.set(uid, overdue.get(uid) ?? version.at);
      if (
        version.object.metadata.uid === uid &&
        version.type === 'ADDED' &&
        machine &&
        !machine.metadata.deletionTimestamp &&
        !isOpen
      ) {
        lines.push(`the way into ${name} was opened before its machine was ready`);
      }
      if (version.at - (overdue.get(uid) ?? version.at) > SLICE_LAG_MS) {
        lines.push(`the way into ${name} stayed open while its machine ended`);
      }
    }
  }
  return lines;
}

/** A slot of a server has one way in at a time. */
export function sharedSlots(versions: readonly Version[]): string[] {
  const lines: string[] = [];
  for (const { version, objects } of replay(versions)) {
    if (!isOurSlice(version)) continue;
    const seen = new Set<string>();
    for (const { object: slice } of [...objects.values()].filter(isOurSlice)) {
      if (slice.metadata.deletionTimestamp) continue;
      for (const { name } of (slice.ports ?? []) as { name: string }[]) {
        const slot = `${name} of ${slice.metadata.labels?.[LABEL_SLICE_SERVICE]}`;
        if (seen.has(slot)) lines.push(`two ways lead in at ${slot}`);
        seen.add(slot);
      }
    }
  }
  return lines;
}

/** Nobody's machine exists before the policy that keeps it apart. */
export function unguardedMachines(versions: readonly Version[]): string[] {
  const lines: string[] = [];
  for (const { version, objects } of replay(versions)) {
    const { kind, object, type } = version;
    if (kind !== VMI || type !== 'ADDED') continue;
    const policies = [...objects.values()].filter((stored) => stored.kind === 'NetworkPolicy');
    if (!policies.some((policy) => selects(policy.object, object))) {
      lines.push(`machine ${object.metadata.name} was made before a network policy selects it`);
    }
  }
  return lines;
}

/** Credentials go with their machine. */
export function unownedCredentials(versions: readonly Version[]): string[] {
  const machines = new Set(versions.filter(({ kind }) => kind === VMI).map(({ object }) => object.metadata.uid));
  return versions
    .filter(({ kind, object }) => kind === 'Secret' && object.type === SECRET_TYPE_CREDENTIALS)
    .filter(
      ({ object }) => !object.metadata.ownerReferences?.some((owner) => owner.kind === VMI && machines.has(owner.uid)),
    )
    .map(({ object }) => `the credentials ${object.metadata.name} belong to no machine`);
}

function machinesOf(objects: Iterable<StoredObject>, server: string): StoredObject[] {
  return [...objects].filter(({ kind, object }) => kind === VMI && object.metadata.labels?.[LABEL_SERVER] === server);
}

function isOurSlice({ kind, object }: StoredObject): boolean {
  return kind === 'EndpointSlice' && object.metadata.labels?.[LABEL_SLICE_MANAGED_BY] === FIELD_MANAGER;
}

function ownerIn(objects: Iterable<StoredObject>, owned: AnyObject): AnyObject | undefined {
  return [...objects].find(({ kind, object }) => kind === VMI && ownedBy(owned, object.metadata.uid))?.object;
}

function ownedBy({ metadata }: AnyObject, uid: string): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
}

function selects(policy: AnyObject, machine: AnyObject): boolean {
  const { matchLabels = {} } = (policy.spec?.podSelector ?? {}) as { matchLabels?: Record<string, string> };
  const labels = machine.metadata.labels ?? {};
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
