import { type KubeObject, keyOf, type Resource } from '../../../kube/objects.ts';
import { CustomResourceDefinition } from '../../../kube/resources.ts';
import type { Store } from '../../../kube/store.ts';
import { watched } from '../../../kube/watched.ts';
import type { Participant } from '../../participant.ts';
import { BUILT_IN_KINDS, definedKind, groupKind } from './kinds.ts';

interface Kept {
  resource: Resource;
  store: Store<KubeObject>;
  stop: AbortController;
}

const BY_OWNER = 'owner';

/** Every object of every kind that there is, by uid and by owner. */
export class KnownObjects {
  readonly #participant: Participant;
  readonly #kinds = new Map<string, Kept>();
  readonly #byUid = new Map<string, { resource: Resource; object: KubeObject }>();
  readonly #listeners: ((object: KubeObject, isGone: boolean) => void)[] = [];

  constructor(participant: Participant) {
    this.#participant = participant;
    for (const resource of BUILT_IN_KINDS) this.#keep(resource);
    const definitions = watched(participant.client, CustomResourceDefinition, {}, participant);
    definitions.onChange((definition, previous) => {
      const resource = definition && definedKind(definition);
      if (resource) this.#keep(resource);
      else if (!definition && previous) this.#forget(previous);
    });
  }

  /** Told of every object that comes, changes or goes. */
  onChange(listener: (object: KubeObject, isGone: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** By group and kind. @see groupKind */
  kind(groupAndKind: string): Resource | undefined {
    return this.#kinds.get(groupAndKind)?.resource;
  }

  namespacedKinds(): Resource[] {
    return [...this.#kinds.values()].map(({ resource }) => resource).filter(({ namespaced }) => namespaced);
  }

  byUid(uid: string): { resource: Resource; object: KubeObject } | undefined {
    return this.#byUid.get(uid);
  }

  dependentsOf(uid: string): { resource: Resource; object: KubeObject }[] {
    return [...this.#kinds.values()].flatMap(({ resource, store }) =>
      store.byIndex(BY_OWNER, uid).map((object) => ({ resource, object })),
    );
  }

  #keep(resource: Resource): void {
    const key = groupKind(resource);
    if (this.#kinds.has(key)) return;
    const { client } = this.#participant;
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#participant.signal, stop.signal]);
    const indices = {
      [BY_OWNER]: (object: KubeObject) => (object.metadata.ownerReferences ?? []).map(({ uid }) => uid),
    };
    const store = watched(client, resource, {}, { ...this.#participant, signal, indices });
    store.onChange((object, previous) => this.#changed(resource, object, previous));
    this.#kinds.set(key, { resource, store, stop });
  }

  #forget({ spec }: CustomResourceDefinition): void {
    const key = groupKind({ group: spec.group, kind: spec.names.kind });
    const kept = this.#kinds.get(key);
    if (!kept) return;
    kept.stop.abort(new Error(`${keyOf({ name: key })} is not defined any more`));
    this.#kinds.delete(key);
    for (const object of kept.store.list()) this.#changed(kept.resource, undefined, object);
  }

  #changed(resource: Resource, object: KubeObject | undefined, previous: KubeObject | undefined): void {
    const one = object ?? previous;
    if (!one) return;
    const { uid = '' } = one.metadata;
    if (object) this.#byUid.set(uid, { resource, object });
    else this.#byUid.delete(uid);
    for (const listener of this.#listeners) listener(one, !object);
  }
}
