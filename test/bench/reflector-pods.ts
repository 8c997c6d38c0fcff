/** How many pods the namespace `many` has. */
export const PODS = 5000;

/** How many events a watch of the namespace `busy` sends. */
export const BUSY_EVENTS = 200_000;

/** The namespace that a store is asked to watch; see `reflector-server.ts`. */
export type Task = 'many' | 'busy';

/** A pod of 1.4 KB as JSON, and managed fields of half of that. */
export function pod(index: number, version: number): object {
  const name = `server-${String(index).padStart(5, '0')}-7d9f8c6b54-x2x${index % 10}k`;
  const uid = `5f2d7c1e-98ab-4c3d-b1f0-${String(index).padStart(12, '0')}`;
  const seenAt = '2026-11-21T08:00:00Z';
  return {
    metadata: {
      name,
      generateName: name.slice(0, -5),
      namespace: 'many',
      uid,
      resourceVersion: String(version),
      creationTimestamp: seenAt,
      labels: { app: 'server', 'pod-template-hash': '7d9f8c6b54', slot: String(index) },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: name.slice(0, -6), uid, controller: true }],
      managedFields: [
        { manager: 'kubelet', operation: 'Update', time: seenAt, fieldsV1: { 'f:status': 'x'.repeat(600) } },
      ],
    },
    spec: {
      containers: [
        {
          name: 'server',
          image: `registry.example/server@sha256:${String(index).padStart(64, 'a')}`,
          ports: [{ containerPort: 6150, protocol: 'TCP' }],
          resources: { requests: { cpu: '10m', memory: '64Mi' } },
          volumeMounts: [{ name: 'token', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
        },
      ],
      nodeName: `node-${index % 50}`,
      restartPolicy: 'Always',
      serviceAccountName: 'server',
    },
    status: {
      phase: 'Running',
      conditions: ['Initialized', 'Ready', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: seenAt,
      })),
      podIP: `10.244.${index >> 8}.${index & 255}`,
      startTime: seenAt,
      containerStatuses: [{ name: 'server', ready: true, restartCount: 0, state: { running: { startedAt: seenAt } } }],
    },
  };
}
