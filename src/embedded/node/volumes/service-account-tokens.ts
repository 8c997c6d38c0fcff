import type { KubeClient } from '../../../kube/client.ts';
import { type Pod, ServiceAccount } from '../../../kube/resources.ts';
import type { Clock } from '../../../runtime/clock.ts';

const DEFAULT_LIFETIME_SECONDS = 3607;
/** The share of its life after which a token is replaced, as a kubelet does it. */
const REFRESH_AT = 0.8;

interface TokenAnswer {
  status: { token: string; expirationTimestamp: string };
}

/** The tokens of one pod's service account, asked for anew before they expire. */
export class ServiceAccountTokens {
  readonly #options: { client: KubeClient; pod: Pod; clock: Clock; signal: AbortSignal };
  readonly #tokens = new Map<string, { token: string; refreshAt: number }>();

  constructor(options: { client: KubeClient; pod: Pod; clock: Clock; signal: AbortSignal }) {
    this.#options = options;
  }

  /** When the first of the tokens wants to be replaced, in milliseconds since the epoch. */
  get refreshAt(): number | undefined {
    const times = [...this.#tokens.values()].map(({ refreshAt }) => refreshAt);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  async get(request: { audience?: string | undefined; expirationSeconds?: number | undefined }): Promise<string> {
    const { clock } = this.#options;
    const key = request.audience ?? '';
    const known = this.#tokens.get(key);
    if (known && known.refreshAt > clock.now()) return known.token;
    const { status } = await this.#request(request);
    const lifetime = Date.parse(status.expirationTimestamp) - clock.now();
    this.#tokens.set(key, { token: status.token, refreshAt: clock.now() + lifetime * REFRESH_AT });
    return status.token;
  }

  #request({ audience, expirationSeconds = DEFAULT_LIFETIME_SECONDS }: Parameters<ServiceAccountTokens['get']>[0]) {
    const { client, pod, signal } = this.#options;
    const { name, namespace, uid } = pod.metadata;
    const account = { namespace, name: pod.spec?.serviceAccountName ?? 'default' };
    const body = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience ? [audience] : [],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    };
    return client.createSubresource<TokenAnswer>(ServiceAccount, account, 'token', body, { signal });
  }
}
