/** What of a request to the API server matters to whoever decides its fate. */
export interface Crossing {
  method: string;
  path: string;
  query: URLSearchParams;
  userAgent: string;
  /** Of the bearer token. */
  pod?: PodIdentity | undefined;
  namespace?: string | undefined;
  /** Present for what changes the cluster. */
  write?: ApiWrite | undefined;
  /** Milliseconds since the epoch. */
  at: number;
  /** Of the API server's answer, once there is one. */
  status?: number;
}

/** The pod that a service account token was made for. */
export interface PodIdentity {
  name: string;
  uid: string;
}

/** One change of the cluster, without what differs from run to run. */
export interface ApiWrite {
  verb: 'create' | 'update' | 'patch' | 'delete';
  /** `group/plural`, with `/subresource` where there is one; the core group is empty. */
  resource: string;
  /** Generated parts are `*`. */
  name: string;
  /** Of a deletion: whether it names the uid of what is to be deleted. */
  isAimed?: boolean;
  /** Present where all that it leaves is a trace of time. */
  passing?: 'lease' | 'event';
}

const VERBS: Record<string, ApiWrite['verb']> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

const PASSING: Record<string, ApiWrite['passing']> = {
  'coordination.k8s.io/leases': 'lease',
  'events.k8s.io/events': 'event',
  '/events': 'event',
};

/** What leaves no trace. */
const QUESTIONS = new Set([
  'authentication.k8s.io/tokenreviews',
  'authorization.k8s.io/subjectaccessreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  '/serviceaccounts/token',
]);

interface Target {
  namespace?: string | undefined;
  resource: string;
  name?: string | undefined;
}

/** What a path names; undefined where it is none of an object or a list. */
export function targetOf(path: string): Target | undefined {
  const match = /^\/(?:api\/[^/]+|apis\/([^/]+)\/[^/]+)\/(.+)$/.exec(path);
  if (!match) return undefined;
  const [, group = '', rest = ''] = match;
  const parts = rest.split('/').map(decodeURIComponent);
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? parts[1] : undefined;
  const [plural = '', name, subresource] = namespace === undefined ? parts : parts.slice(2);
  return { namespace, name, resource: [group, plural, subresource].filter((part) => part !== undefined).join('/') };
}

/** The change that a request asks for; undefined where it changes nothing. */
export function writeOf(method: string, path: string, query: URLSearchParams, body: string): ApiWrite | undefined {
  const verb = VERBS[method];
  const target = targetOf(path);
  if (!verb || !target || query.has('dryRun') || QUESTIONS.has(target.resource)) return undefined;
  const { resource } = target;
  const passing = PASSING[resource];
  const name = maskedName(target.name ?? nameIn(body));
  const write: ApiWrite = {
    verb,
    resource,
    name: passing === 'lease' ? `${name}=${leaseChange(body)}` : name,
    ...(passing && { passing }),
  };
  return verb === 'delete' ? { ...write, isAimed: namesUid(body) } : write;
}

/** Of a pod of a Deployment, in the alphabet of generated names; the digest before it may be gone already. */
const POD_SUFFIX = /(?:-(?:[bcdfghjklmnpqrstvwxz2456789]{8,10}|\*))-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** Without UUIDs, digests, generated endings and ports, each of which is `*`. */
export function maskedName(name: string): string {
  return name
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '*')
    .replaceAll(/-(?:[0-9a-f]{8,64}|\d{4,5})(?=-|$)/g, '-*')
    .replace(POD_SUFFIX, '-*');
}

function nameIn(body: string): string {
  try {
    const { metadata } = JSON.parse(body);
    return metadata?.name ?? `${metadata?.generateName ?? ''}*`;
  } catch {
    return '';
  }
}

/** What becomes of a Lease. */
function leaseChange(body: string): string {
  try {
    const { holderIdentity, acquireTime, renewTime } = JSON.parse(body).spec;
    if (!holderIdentity) return 'released';
    return acquireTime === renewTime ? 'taken' : 'renewed';
  } catch {
    return 'changed';
  }
}

function namesUid(body: string): boolean {
  try {
    return typeof JSON.parse(body).preconditions?.uid === 'string';
  } catch {
    return false;
  }
}

/** Whose pod's token an `Authorization` header carries. */
export function podOf(authorization: string | undefined): PodIdentity | undefined {
  const [, claims] = authorization?.split('.') ?? [];
  if (!claims) return undefined;
  try {
    return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'))['kubernetes.io']?.pod;
  } catch {
    return undefined;
  }
}
