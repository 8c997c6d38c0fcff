/** Of the operator alone: the lease, reconciles, Events, what it keeps in the cluster. */
import type { Entries } from './entry.ts';

export const OPERATOR_ENTRIES: Entries = {
  'the operator failed': {
    means: 'The operator ends with the exit code 1; a new one is started in its place.',
    remedy: 'The error says why; where it lost its lease, look whether the API server answers in time.',
  },
  stopped: { means: 'The operator was told to end, and has.' },
  'serving health': { means: '`/healthz` and `/readyz` are answered at this address.' },
  'serving metrics': { means: '`/metrics` is answered at this address.' },

  leading: { means: 'This process has the lease: it works.' },
  'waiting for the lease': { means: 'Another process has the lease: this one stands by.' },
  'lease released': { means: 'The lease was given back at the end, so that another process need not wait.' },
  'the lease could not be asked for': {
    means: 'A process that stands by got no answer about the lease; it asks again.',
    remedy: 'Where it goes on, look at the API server, and at the right of the operator to get and patch its Lease.',
  },
  'the lease could not be renewed': {
    means: 'One try to keep the lease failed; there are others until it is lost.',
    remedy: 'Where it goes on, look at the API server, and at the right of the operator to patch its Lease.',
  },
  'the lease could not be given back: others wait for its end': {
    means: 'The operator has ended, and its successor begins only when the lease runs out.',
    remedy: 'Nothing needs to be done; where it comes at each stop, look at the API server.',
  },
  'leadership lost': {
    means: 'Somebody else may lead by now: this process writes nothing more, and ends.',
    remedy: 'The error says why. Where it comes often, the API server is too slow to renew a lease within its time.',
  },
  'work goes on after leadership was lost': {
    means: 'Some work did not stop in time. Its writes are refused all the same, and the process ends.',
    remedy: 'Report it with the lines before it: work should follow its signal.',
  },

  'reconcile failed': {
    means: 'One try to bring something in order failed; it is tried again after a pause that grows.',
    remedy: 'The error says what was refused, or did not answer. Look at it where the same key fails for minutes.',
    more: ['controller', 'key', 'err'],
  },
  'reconcile failed for good': {
    means: 'Trying again would fail again: the next try comes when the object changes.',
    remedy: 'Mend what the error names.',
    more: ['controller', 'key', 'err'],
  },
  'a reconcile ignores its signal': {
    means: 'A reconcile is past its time and did not stop; nothing else is done for its key until it does.',
    remedy: 'Report it with the lines before it. A restart of the operator helps for now.',
  },
  'reconciles still ran at the end of the grace': {
    means: 'The operator was told to end and waited for these no longer; its successor does them again.',
    remedy: 'Nothing needs to be done; where it comes at each stop, look at the API server.',
  },
  'a controller still waits for its caches': {
    means: 'The first list of some kind of object has not come, so that nothing is done yet.',
    remedy: 'Look for `list or watch failed again`: a kind may be missing in the cluster, or the right to list it.',
  },

  'an event could not be recorded': {
    means: 'An Event was not even made; nothing else is lost by it.',
    remedy: 'Report it with the error.',
  },
  'an event could not be stored': {
    means: 'An Event was refused, or not taken after many tries; people do not see it.',
    remedy: 'Look at the error: the right to create Events, or a namespace that is about to go.',
    more: ['kind', 'namespace', 'name', 'reason', 'err'],
  },
  'an event is not stored yet': {
    means: 'An Event is tried again.',
    more: ['kind', 'namespace', 'name', 'reason', 'err'],
  },
  'event dropped': {
    means: 'One object had too many Events in a short time, or too many wait to be stored.',
    more: ['kind', 'namespace', 'name', 'reason'],
  },
  'events are lost': {
    means: 'So many Events were not stored when the operator ended.',
    remedy: 'Nothing needs to be done; where it comes at each stop, look at the API server.',
  },

  'warm container booting': { means: 'A machine was made ahead of demand.' },
  'warm container removed': { means: 'A machine that nobody had claimed was ended, for this reason.' },
  'container destroyed': { means: 'The operator has ended a container, for this reason.' },
  'remains of a server removed': {
    means:
      'This object was still there half a minute after its server had gone. Often: garbage collection does not work.',
  },
  'container does not go': {
    means: 'A container was to be destroyed minutes ago and is still there, with its slot.',
    remedy:
      'Its Event `StuckTerminating` says what it waits for; look at virt-controller, and at virt-handler on its node.',
  },
  'access tokens of a server written': { means: 'The list that the server pods read has changed.' },
  'not all access tokens have room in the list': {
    means: 'A Secret holds no more: some access tokens do not open the server.',
    remedy: 'Delete access tokens that are not in use. The conditions of those that were left out say so.',
  },
  'the name of a list of access tokens is taken': {
    means: 'There is a Secret of that name that is not of this server, so that its access tokens open nothing.',
    remedy: 'Delete that Secret.',
  },
  "the cluster's networks can't be looked up": {
    means: 'Which networks are those of the cluster is not known anew; what was known stays.',
    remedy: 'Where it goes on, look at the API server.',
  },
  "some of the cluster's networks are unknown: the operator may not list them": {
    means: 'What containers are kept away from is guessed in part.',
    remedy: 'Grant the operator the right to list them, or name the networks with `--cluster-cidrs`.',
  },
  'a step of the shutdown failed': {
    means: 'One part did not end well; the next ones end all the same.',
    remedy: 'Report it with the error.',
  },
  'a step of the shutdown is late': {
    means: 'One part was not waited for any longer.',
    remedy: 'Nothing needs to be done; where it comes at each stop, look at the API server.',
  },
  'a step of the shutdown is over': { means: 'One part has ended.' },
};
