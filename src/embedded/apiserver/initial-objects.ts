/** What is there before anybody writes anything: the namespaces, the API's own Service, the default ClusterRoles. */
import { randomUUID } from 'node:crypto';
import { AUTHENTICATED } from './auth/user.ts';
import type { JsonObject } from './base/json.ts';
import { type StoredObject, timestamp } from './base/kube-object.ts';
import type { Server } from './handlers/context.ts';

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
const RBAC = 'rbac.authorization.k8s.io';

/** What everybody who has a token may ask: what they themselves may do, discovery and the server's health. */
const FOR_EVERYBODY: Readonly<Record<string, JsonObject[]>> = {
  'system:basic-user': [
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ],
  'system:discovery': [
    {
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ],
      verbs: ['get'],
    },
  ],
};

export function createInitialObjects(server: Server): void {
  const creationTimestamp = timestamp(server.clock.now());
  const put = (storageKey: string, object: Omit<StoredObject, 'metadata'> & { metadata: JsonObject }) => {
    const metadata = { ...object.metadata, uid: randomUUID(), creationTimestamp };
    server.store.create(storageKey, { ...object, metadata } as StoredObject);
  };
  for (const name of NAMESPACES) {
    put('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  put('services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.96.0.1',
      clusterIPs: ['10.96.0.1'],
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 443 }],
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    },
    status: { loadBalancer: {} },
  });
  const everything = [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ];
  put(`clusterroles.${RBAC}`, clusterRole('cluster-admin', { rules: everything }));
  for (const name of ['admin', 'edit', 'view']) {
    const label = { [`${RBAC}/aggregate-to-${name}`]: 'true' };
    put(
      `clusterroles.${RBAC}`,
      clusterRole(name, { aggregationRule: { clusterRoleSelectors: [{ matchLabels: label }] }, rules: [] }),
    );
  }
  for (const [name, rules] of Object.entries(FOR_EVERYBODY)) {
    put(`clusterroles.${RBAC}`, clusterRole(name, { rules }));
    put(`clusterrolebindings.${RBAC}`, {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: AUTHENTICATED }],
    });
  }
  put(`clusterrolebindings.${RBAC}`, {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'cluster-admin' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: RBAC, kind: 'Group', name: 'system:masters' }],
  });
}

function clusterRole(name: string, body: JsonObject) {
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name }, ...body };
}
