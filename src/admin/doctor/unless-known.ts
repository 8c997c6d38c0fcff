import type { Answer } from '../cluster/answer.ts';
import type { CheckName, Finding } from './finding.ts';

/**
 * What a check says of an answer that is none: honestly, that it does not know.
 * @param what was to be looked at, such as `the nodes`
 */
export function notKnown(
  answer: Exclude<Answer<unknown>, { is: 'known' }>,
  check: CheckName,
  what: string,
  about?: string,
): Finding {
  const finding = { check, result: 'unknown', ...(about && { about }) } as const;
  switch (answer.is) {
    case 'hidden':
      return { ...finding, found: `You may not look at ${what}: ${answer.why}`, remedy: 'Ask somebody who may.' };
    case 'absent':
      return { ...finding, found: `The cluster has no such type for ${what}: ${answer.why}` };
    case 'failed':
      return { ...finding, found: `There was no answer about ${what}: ${answer.why}`, remedy: 'Try again.' };
  }
}

/** What a check says of a value, or that it is not known. */
export function judge<T>(
  answer: Answer<T>,
  { check, what, about }: { check: CheckName; what: string; about?: string },
  known: (value: T) => Finding[],
): Finding[] {
  return answer.is === 'known' ? known(answer.value) : [notKnown(answer, check, what, about)];
}

/** At most three of many names. */
export function names(all: readonly string[]): string {
  const rest = all.length - 3;
  return all.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
