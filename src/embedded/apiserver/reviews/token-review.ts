/** TokenReview: whose token is this? */
import { DEFAULT_AUDIENCE } from '../auth/service-account-tokens.ts';
import { asArray, asString, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf } from '../base/kube-object.ts';
import { badRequest } from '../base/status-error.ts';
import type { Answer, ResourceRequest, Server } from '../handlers/context.ts';
import { userInfo } from './access-reviews.ts';

export function tokenReview(server: Server, _request: ResourceRequest, review: StoredObject): Answer {
  const { token, audiences } = specOf(review);
  if (!token) throw badRequest('token is required for TokenReview in authentication');
  const asked = asArray(audiences).map(asString);
  return { code: 201, json: { ...review, metadata: {}, status: verdict(server, asString(token), asked) } };
}

function verdict(server: Server, token: string, asked: string[]): JsonObject {
  const wanted = asked.length > 0 ? asked : [DEFAULT_AUDIENCE];
  const bearer = server.tokens.bearer(token, server.clock.now());
  if (!bearer) return { user: {}, error: 'invalid bearer token' };
  const audiences = bearer.audiences.filter((audience) => wanted.includes(audience));
  if (audiences.length === 0) {
    const list = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
    const why = `token audiences ${list(bearer.audiences)} is invalid for the target audiences ${list(wanted)}`;
    return { user: {}, error: `[invalid bearer token, ${why}]` };
  }
  return { authenticated: true, user: userInfo(bearer.user), audiences };
}
