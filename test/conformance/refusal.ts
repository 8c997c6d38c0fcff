import assert from 'node:assert/strict';
import type { Answer } from './api-caller.ts';

/** Asserts that the answer is a refusal with a `Status`. @param message all of it, or a part */
export function assertRefused(
  answer: Answer,
  code: number,
  reason: string | undefined,
  message: string | RegExp,
): void {
  const { body } = answer;
  assert.deepEqual([answer.code, body.reason, body.status], [code, reason, 'Failure'], JSON.stringify(body));
  assert.equal(body.code, code);
  if (typeof message === 'string') assert.equal(body.message, message);
  else assert.match(body.message, message);
}

/** Asserts that these fields are invalid, and why. @param causes messages by field, in any order */
export function assertInvalid(answer: Answer, causes: Record<string, string | RegExp>): void {
  const { code, body } = answer;
  assert.deepEqual([code, body.reason], [422, 'Invalid'], JSON.stringify(body));
  const found = new Map<string, string>(
    body.details.causes.map((cause: { field: string; message: string }) => [cause.field, cause.message]),
  );
  assert.deepEqual([...found.keys()].sort(), Object.keys(causes).sort(), body.message);
  for (const [field, wanted] of Object.entries(causes)) {
    const message = found.get(field) ?? '';
    if (typeof wanted === 'string') assert.equal(message, wanted);
    else assert.match(message, wanted);
  }
}

/** The texts of the `Warning` headers, sorted. */
export function warningsOf({ headers }: Answer): string[] {
  const text = [headers.warning ?? []].flat().join(', ');
  return [...text.matchAll(/299 - ("(?:[^"\\]|\\.)*")/g)].map(([, quoted = '""']) => JSON.parse(quoted)).sort();
}
