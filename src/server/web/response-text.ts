import { withReason } from '../../wire/response.ts';
import type { Answer } from '../answer.ts';

export const CONTENT_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** The response object, in JSON. @throws `TypeError` when a handler's data has no JSON */
export function responseText({ success, message, reason, data = {} }: Answer): string {
  return JSON.stringify({ success, message: withReason(message, reason), data });
}
