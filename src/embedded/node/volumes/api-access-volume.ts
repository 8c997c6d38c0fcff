import type { Volume } from './volume-files.ts';

export const API_ACCESS_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The volume that the API server's own admission adds to a pod: token, CA and namespace of its service account. */
export function apiAccessVolume(): Volume {
  return {
    name: 'kube-api-access',
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
      ],
    },
  };
}
