/** Of both programs: what they watch in the cluster, and traces. */
import type { Entries } from './entry.ts';

const OF_WATCH = ['kind', 'namespace', 'err', 'failures', 'retryInMs'];

export const SHARED_ENTRIES: Entries = {
  'list or watch failed': {
    means: 'A watch broke off, as all do from time to time; it is opened again.',
    more: OF_WATCH,
  },
  'list or watch failed again': {
    means: 'Objects of this kind can not be watched for now; what is known of them may be old.',
    remedy:
      'The error says why: the API server, a kind that is missing in the cluster, or the right to list and watch it.',
    more: OF_WATCH,
  },
  'a listener of the store threw': {
    means: 'A change of an object was not looked at by all who should.',
    remedy: 'Report it with the error.',
  },
  'an index function of the store threw': {
    means: 'An object is not found by one of its properties.',
    remedy: 'Report it with the error.',
  },
  'traces are recorded': { means: 'This share of CREATEs is traced, and sent to the collector that was named.' },
  'the collector does not take traces': {
    means: 'Spans wait, 2,048 at most, and then are lost; nothing else is affected.',
    remedy: 'Look at the reason: the collector, its URL, or a NetworkPolicy on the way to it.',
  },
  'the collector takes traces again': { means: 'Traces are complete from here on.' },
  'spans of traces are lost': {
    means: 'The program ended, and had lost so many spans since its start.',
    remedy: 'Nothing needs to be done; where it comes often, look at the collector.',
  },
};
