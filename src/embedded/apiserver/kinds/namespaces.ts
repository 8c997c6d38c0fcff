import { asArray } from '../base/json.ts';
import { isEnding, specOf, statusOf } from '../base/kube-object.ts';
import type { Behaviour } from '../registry/resource.ts';

/** A namespace carries a finalizer of its own in its spec; its `finalize` subresource takes that away. */
export const namespaces: Behaviour = {
  fillDefaults(draft) {
    const name = draft.metadata.name;
    if (name) draft.metadata.labels = { ...draft.metadata.labels, 'kubernetes.io/metadata.name': name };
  },
  prepareCreate(draft) {
    draft.spec = { ...specOf(draft), finalizers: ['kubernetes'] };
    draft.status = { phase: 'Active' };
  },
  prepareDelete(draft) {
    draft.status = { ...statusOf(draft), phase: 'Terminating' };
    delete draft.metadata.deletionGracePeriodSeconds;
  },
  prepareUpdate(draft, old) {
    draft.spec = { ...specOf(draft), finalizers: asArray(specOf(old).finalizers) };
    draft.status = isEnding(draft) ? { ...statusOf(draft), phase: 'Terminating' } : (draft.status ?? {});
  },
};
