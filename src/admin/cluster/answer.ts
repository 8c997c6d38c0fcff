import { isForbidden, isNotFound, isUnauthorized, KubeError } from '../../kube/errors.ts';

/** What came of a look at the cluster: to see nothing is another thing than to see that nothing is there. */
export type Answer<T> =
  | { is: 'known'; value: T }
  /** The asker has no right to look. */
  | { is: 'hidden'; why: string }
  /** The cluster does not know the type. */
  | { is: 'absent'; why: string }
  | { is: 'failed'; why: string };

/** Of what no path to an object can be made. */
const NO_NAME = 'is no name of an API object';

/** @throws what is no answer of an API server, nor the want of one: a fault of ours, or the caller's abort */
export async function ask<T>(look: () => Promise<T>): Promise<Answer<T>> {
  try {
    return known(await look());
  } catch (error) {
    // What stands in a status or in flags need not be the name of anything.
    if (error instanceof TypeError && error.message.endsWith(NO_NAME)) return { is: 'failed', why: error.message };
    if (!(error instanceof KubeError)) throw error;
    const why = error.message;
    if (isForbidden(error) || isUnauthorized(error)) return { is: 'hidden', why };
    return isNotFound(error) ? { is: 'absent', why } : { is: 'failed', why };
  }
}

export function known<T>(value: T): Answer<T> {
  return { is: 'known', value };
}

/** The value where it is known, else `otherwise`. */
export function valueOr<T, U>(answer: Answer<T>, otherwise: U): T | U {
  return answer.is === 'known' ? answer.value : otherwise;
}
