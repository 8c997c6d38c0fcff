import assert from 'node:assert/strict';
import type { Answer } from './api-caller.ts';

/** Asserts that a request was refused so, with the body that clients read. `message` may be a part of it, as a pattern. */
export function assertRefused(answer: Answer, code: number, reason: string, message: string | RegExp): void {
  const { kind, status } = answer.body;
  const seen = [answer.code, kind, status, answer.body.code, answer.body.reason ?? ''];
  assert.deepEqual(seen, [code, 'Status', 'Failure', code, reason], JSON.stringify(answer.body));
  if (typeof message === 'string') assert.equal(answer.body.message, message);
  else assert.match(answer.body.message, message);
}

/** Asserts that fields were refused: one cause each, such as `spec.ports: Required value`. */
export function assertInvalid(answer: Answer, ...causes: string[]): void {
  assert.deepEqual([answer.code, answer.body.reason], [422, 'Invalid'], JSON.stringify(answer.body));
  const told = answer.body.details.causes.map(
    (cause: { field: string; message: string }) => `${cause.field}: ${cause.message}`,
  );
  assert.deepEqual(told, causes);
  assert.ok(answer.body.message.endsWith(causes.length === 1 ? String(causes[0]) : `[${causes.join(', ')}]`));
}
