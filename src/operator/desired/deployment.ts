import { createHash } from 'node:crypto';
import { dirname } from 'node:path/posix';
import type { V1PodSpec } from '@kubernetes/client-node';
import { API_GROUP, FIELD_MANAGER, LABEL_MANAGED_BY } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { SERVER_FILES } from '../../api/server-settings.ts';
import type { Json } from '../../kube/objects.ts';
import type { Deployment } from '../../kube/resources.ts';
import { objectNames, ownedMetadata, serverPodLabels } from './ownership.ts';
import { restrictedContainer, restrictedPod } from './pod-security.ts';
import { CLIENT_PORT_NAME } from './service.ts';
import { settingsText } from './settings-config-map.ts';

/** Where server pods answer `/healthz` and `/readyz`. */
const HEALTH_PORT = 8081;
/** Where they tell their metrics. */
const METRICS_PORT = 9090;
/** Beyond the time a CREATE may still take when the pod is told to stop. */
const STOP_MARGIN_SECONDS = 30;

/** The server pods. Their template names what they read once, so that a change of it rolls them. */
export function deployment(server: AnweddolServer, given: { image: string; isoSha256: string }): Deployment {
  const { spec } = server;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: ownedMetadata(server, objectNames(server).deployment),
    spec: {
      replicas: spec.replicas,
      selector: { matchLabels: serverPodLabels(server) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: {
          labels: { ...spec.pod.labels, ...serverPodLabels(server), [LABEL_MANAGED_BY]: FIELD_MANAGER },
          annotations: { [`${API_GROUP}/settings-sha256`]: sha256(settingsText(server, given.isoSha256)) },
        },
        spec: podSpec(server, spec.pod.image ?? given.image),
      },
    },
  };
}

function podSpec(server: AnweddolServer, image: string): Json<V1PodSpec> {
  const { spec } = server;
  const probe = (path: string) => ({ httpGet: { path, port: 'health' }, periodSeconds: 5, timeoutSeconds: 3 });
  return {
    serviceAccountName: objectNames(server).account,
    terminationGracePeriodSeconds: spec.containers.startTimeoutSeconds + STOP_MARGIN_SECONDS,
    securityContext: restrictedPod(),
    ...(spec.pod.nodeSelector && { nodeSelector: spec.pod.nodeSelector }),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: serverPodLabels(server) },
      },
    ],
    containers: [
      {
        name: 'server',
        image,
        args: ['server'],
        ports: [
          { name: CLIENT_PORT_NAME, containerPort: spec.listenPort, protocol: 'TCP' },
          { name: 'health', containerPort: HEALTH_PORT, protocol: 'TCP' },
          { name: 'metrics', containerPort: METRICS_PORT, protocol: 'TCP' },
        ],
        env: [
          { name: 'HEALTH_PORT', value: String(HEALTH_PORT) },
          { name: 'METRICS_PORT', value: String(METRICS_PORT) },
        ],
        readinessProbe: { ...probe('/readyz'), periodSeconds: 1 },
        livenessProbe: { ...probe('/healthz'), initialDelaySeconds: 10 },
        securityContext: restrictedContainer(),
        resources: spec.pod.resources,
        volumeMounts: mounts(server).map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
      },
    ],
    volumes: mounts(server).map(({ name, source }) => ({ name, ...source })),
  };
}

function mounts(server: AnweddolServer) {
  const names = objectNames(server);
  const password = server.spec.containers.endpoint.passwordSecretRef;
  const items = [{ key: password?.key ?? '', path: 'password' }];
  return [
    { name: 'settings', path: dirname(SERVER_FILES.settings), source: { configMap: { name: names.settings } } },
    { name: 'key', path: dirname(SERVER_FILES.privateKey), source: { secret: { secretName: names.key } } },
    ...(password
      ? [
          {
            name: 'endpoint',
            path: dirname(SERVER_FILES.endpointPassword),
            source: { secret: { secretName: password.name, items } },
          },
        ]
      : []),
  ];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
