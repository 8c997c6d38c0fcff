/** Tokens of ServiceAccounts: JWTs signed with a key that lives as long as the server. */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { AUTHENTICATED, type User } from './user.ts';

const ISSUER = 'https://kubernetes.default.svc';
const LONGEST_TOKEN = 8192;
const KEY_BYTES = 32;

export interface TokenClaims {
  namespace: string;
  serviceAccount: { name: string; uid: string };
  pod?: { name: string; uid: string } | undefined;
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
    const { namespace, serviceAccount, pod } = claims;
    const header = encode({ alg: 'HS256', typ: 'JWT' });
    const payload = encode({
      iss: ISSUER,
      sub: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
      aud: claims.audiences.length > 0 ? [...claims.audiences] : [ISSUER],
      exp: Math.floor(claims.expiresAt / 1000),
      iat: Math.floor(claims.issuedAt / 1000),
      nbf: Math.floor(claims.issuedAt / 1000),
      jti: randomUUID(),
      'kubernetes.io': { namespace, serviceaccount: serviceAccount, ...(pod ? { pod } : {}) },
    });
    return `${header}.${payload}.${this.#sign(`${header}.${payload}`)}`;
  }

  /** Whom a token speaks for; `undefined` for one that is not ours, has expired, or whose account or pod is gone. */
  verify(token: string, now: number): User | undefined {
    if (token.length > LONGEST_TOKEN) return undefined;
    const [header = '', payload = '', signature = '', ...rest] = token.split('.');
    const expected = Buffer.from(this.#sign(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims = decode(payload);
    if (!claims || typeof claims.exp !== 'number' || claims.exp * 1000 <= now) return undefined;
    return this.#userOf(asObject(claims['kubernetes.io']));
  }

  #userOf(claims: JsonObject): User | undefined {
    const namespace = asString(claims.namespace);
    const { name, uid } = asObject(claims.serviceaccount);
    const account = this.#store.collection('serviceaccounts').get(namespace, asString(name));
    if (!account || account.metadata.uid !== uid) return undefined;
    if (isObject(claims.pod)) {
      const pod = this.#store.collection('pods').get(namespace, asString(claims.pod.name));
      if (!pod || pod.metadata.uid !== claims.pod.uid) return undefined;
    }
    return serviceAccountUser(namespace, asString(name), asString(uid));
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}

function serviceAccountUser(namespace: string, name: string, uid: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
  };
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
