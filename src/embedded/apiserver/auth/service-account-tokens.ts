/** Tokens of ServiceAccounts: JWTs signed with a key that lives as long as the server. */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { asArray, asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { AUTHENTICATED, type User } from './user.ts';

/** Of tokens for the API server itself; also their issuer. */
export const DEFAULT_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';
const LONGEST_TOKEN = 8192;
const KEY_BYTES = 32;

/** What a token goes with. */
export interface BoundObject {
  kind: 'Pod' | 'Secret';
  name: string;
  uid: string;
}

export interface TokenClaims {
  namespace: string;
  serviceAccount: { name: string; uid: string };
  bound?: BoundObject | undefined;
  audiences: readonly string[];
  /** Milliseconds since the epoch. */
  issuedAt: number;
  expiresAt: number;
}

export class ServiceAccountTokens {
  readonly #key = randomBytes(KEY_BYTES);
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  issue(claims: TokenClaims): string {
    const { namespace, serviceAccount, bound } = claims;
    const header = encode({ alg: 'HS256', typ: 'JWT' });
    const payload = encode({
      iss: DEFAULT_AUDIENCE,
      sub: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
      aud: claims.audiences.length > 0 ? [...claims.audiences] : [DEFAULT_AUDIENCE],
      exp: Math.floor(claims.expiresAt / 1000),
      iat: Math.floor(claims.issuedAt / 1000),
      nbf: Math.floor(claims.issuedAt / 1000),
      jti: randomUUID(),
      'kubernetes.io': {
        namespace,
        serviceaccount: serviceAccount,
        ...(bound && { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }),
      },
    });
    return `${header}.${payload}.${this.#sign(`${header}.${payload}`)}`;
  }

  /** Whom a token for this API server speaks for. */
  verify(token: string, now: number): User | undefined {
    const bearer = this.bearer(token, now);
    return bearer?.audiences.includes(DEFAULT_AUDIENCE) ? bearer.user : undefined;
  }

  /**
   * Whom a token speaks for, and to whom; `undefined` for one that is not ours, has expired, or whose account, pod or
   * secret is gone.
   */
  bearer(token: string, now: number): { user: User; audiences: string[] } | undefined {
    if (token.length > LONGEST_TOKEN) return undefined;
    const [header = '', payload = '', signature = '', ...rest] = token.split('.');
    const expected = Buffer.from(this.#sign(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims = decode(payload);
    if (!claims || typeof claims.exp !== 'number' || claims.exp * 1000 <= now) return undefined;
    const user = this.#userOf(asObject(claims['kubernetes.io']), asString(claims.jti));
    return user && { user, audiences: asArray(claims.aud).map(asString) };
  }

  #userOf(claims: JsonObject, id: string): User | undefined {
    const namespace = asString(claims.namespace);
    const { name, uid } = asObject(claims.serviceaccount);
    const isThere = (storageKey: string, reference: JsonObject) =>
      this.#store.collection(storageKey).get(namespace, asString(reference.name))?.metadata.uid === reference.uid;
    if (!isThere('serviceaccounts', { name, uid })) return undefined;
    if (isObject(claims.pod) && !isThere('pods', claims.pod)) return undefined;
    if (isObject(claims.secret) && !isThere('secrets', claims.secret)) return undefined;
    const pod = asObject(claims.pod);
    return {
      name: `system:serviceaccount:${namespace}:${asString(name)}`,
      uid: asString(uid),
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${id}`],
        ...(isObject(claims.pod) && {
          'authentication.kubernetes.io/pod-name': [asString(pod.name)],
          'authentication.kubernetes.io/pod-uid': [asString(pod.uid)],
        }),
      },
    };
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
