import type { KubeClient } from '../../kube/client.ts';
import type { ObjectName } from '../../kube/objects.ts';
import { ServiceAccount } from '../../kube/resources.ts';

/** As long as any cluster here lives. */
const TOKEN_SECONDS = 365 * 24 * 3600;

/** A bearer token of a service account. */
export async function serviceAccountToken(
  client: KubeClient,
  account: ObjectName,
  signal: AbortSignal,
): Promise<string> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [], expirationSeconds: TOKEN_SECONDS },
  };
  const answer = await client.createSubresource<{ status: { token: string } }>(
    ServiceAccount,
    account,
    'token',
    request,
    {
      signal,
    },
  );
  return answer.status.token;
}
