/** The `token` subresource of a ServiceAccount. */
import { type BoundObject, DEFAULT_AUDIENCE } from '../auth/service-account-tokens.ts';
import { invalidValue } from '../base/field-error.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf, timestamp } from '../base/kube-object.ts';
import { badRequest, conflict, invalid, notFound } from '../base/status-error.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { find } from './read.ts';

const DEFAULT_SECONDS = 3600;
const SHORTEST_SECONDS = 600;
const LONGEST_SECONDS = 2 ** 32;

/** A token for the account, bound to a pod or a secret if the request says so: it ends with what it is bound to. */
export function requestToken(server: Server, request: ResourceRequest): Answer {
  const account = find(server, request);
  const spec = specOf(isObject(request.body) ? request.body : {});
  const seconds = readSeconds(spec);
  const now = server.clock.now();
  const expiresAt = now + seconds * 1000;
  const asked = asArray(spec.audiences).map(asString);
  const audiences = asked.length > 0 ? asked : [DEFAULT_AUDIENCE];
  const { name = '', namespace = '', uid = '' } = account.metadata;
  const bound = boundObject(server, account, asObject(spec.boundObjectRef));
  const claims = { namespace, serviceAccount: { name, uid }, bound, audiences, issuedAt: now, expiresAt };
  return {
    code: 201,
    json: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, uid, creationTimestamp: timestamp(now) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
      status: { token: server.tokens.issue(claims), expirationTimestamp: timestamp(expiresAt) },
    },
  };
}

function readSeconds({ expirationSeconds }: JsonObject): number {
  const seconds = typeof expirationSeconds === 'number' ? expirationSeconds : DEFAULT_SECONDS;
  if (seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS) return seconds;
  const limit = seconds < SHORTEST_SECONDS ? 'less than 10 minutes' : 'larger than 2^32 seconds';
  const error = invalidValue('spec.expirationSeconds', seconds, `may not specify a duration ${limit}`);
  throw invalid({ group: 'authentication.k8s.io', resource: 'TokenRequest' }, [error]);
}

function boundObject(server: Server, account: StoredObject, reference: JsonObject): BoundObject | undefined {
  const { apiVersion, kind, uid } = reference;
  if (kind === undefined) return undefined;
  if ((kind !== 'Pod' && kind !== 'Secret') || apiVersion !== 'v1') {
    throw badRequest(`cannot bind token to object of type /${asString(apiVersion)}, Kind=${asString(kind)}`);
  }
  const plural = `${kind.toLowerCase()}s`;
  const name = asString(reference.name);
  const found = server.store.collection(plural).get(account.metadata.namespace, name);
  if (!found) throw notFound({ group: '', resource: plural, name });
  if (kind === 'Pod' && specOf(found).serviceAccountName !== account.metadata.name) {
    const who = JSON.stringify(account.metadata.name);
    throw badRequest(`cannot bind token for serviceaccount ${who} to pod running with different serviceaccount name.`);
  }
  if (uid && uid !== found.metadata.uid) {
    throw conflict(
      { group: '', resource: kind, name },
      `the UID in the bound object reference (${asString(uid)}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return { kind, name, uid: found.metadata.uid ?? '' };
}
