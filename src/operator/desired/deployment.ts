import { createHash } from 'node:crypto';
import type { V1Affinity, V1PodSpec } from '@kubernetes/client-node';
import { API_GROUP, FIELD_MANAGER, LABEL_MANAGED_BY } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { fixedSettings, type ServerSettings } from '../../api/server-settings.ts';
import type { Json } from '../../kube/objects.ts';
import type { Deployment } from '../../kube/resources.ts';
import type { TracesTarget } from '../../runtime/tracing.ts';
import { mounts, type PodSecrets } from './mounts.ts';
import { objectNames, ownedMetadata, serverPodLabels } from './ownership.ts';
import { restrictedContainer, restrictedPod } from './pod-security.ts';
import { CLIENT_PORT_NAME, WEB_PORT_NAME } from './service.ts';

/** Where server pods answer `/healthz` and `/readyz`. */
export const HEALTH_PORT = 8081;
/** Where they tell their metrics. */
export const METRICS_PORT = 9090;
/** On server pods: the fingerprint of the key that they have. */
export const ANNOTATION_KEY_SHA256 = `${API_GROUP}/key-sha256`;
/** Beyond the start of a container that is under way when the pod is told to stop: enough for most clients' own time. */
const STOP_MARGIN_SECONDS = 30;
/** Beyond the time of a client. */
const STOP_SLACK_SECONDS = 10;

export interface PodInputs {
  /** Of pods whose resource names none. */
  image: string;
  settings: ServerSettings;
  secrets: PodSecrets;
  /** Identifies the key: another one needs new pods. */
  keySha256?: string | undefined;
  /** Absent: the pods record no traces. */
  traces?: TracesTarget | undefined;
}

/** The server pods. Their template names what they read once, so that a change of it rolls them. */
export function deployment(server: AnweddolServer, given: PodInputs): Deployment {
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
          annotations: {
            ...spec.pod.annotations,
            [`${API_GROUP}/settings-sha256`]: sha256(JSON.stringify(fixedSettings(given.settings))),
            ...(given.keySha256 && { [ANNOTATION_KEY_SHA256]: given.keySha256 }),
          },
        },
        spec: podSpec(server, given),
      },
    },
  };
}

function podSpec(server: AnweddolServer, given: PodInputs): Json<V1PodSpec> {
  const { spec } = server;
  const { imagePullSecrets, nodeSelector, tolerations, affinity, priorityClassName } = spec.pod;
  const probe = (path: string) => ({ httpGet: { path, port: 'health' }, periodSeconds: 5, timeoutSeconds: 3 });
  const mounted = mounts(server, given.secrets);
  return {
    serviceAccountName: objectNames(server).account,
    terminationGracePeriodSeconds: stopSeconds(server),
    // Services of this namespace would become environment variables.
    enableServiceLinks: false,
    securityContext: restrictedPod(),
    ...(imagePullSecrets && { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    ...(nodeSelector && { nodeSelector }),
    ...(tolerations && { tolerations }),
    ...(affinity && { affinity: affinity as Json<V1Affinity> }),
    ...(priorityClassName && { priorityClassName }),
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
        image: spec.pod.image ?? given.image,
        args: ['server'],
        ports: [
          { name: CLIENT_PORT_NAME, containerPort: spec.listenPort, protocol: 'TCP' },
          ...(spec.web.enabled ? [{ name: WEB_PORT_NAME, containerPort: spec.web.port, protocol: 'TCP' }] : []),
          { name: 'health', containerPort: HEALTH_PORT, protocol: 'TCP' },
          { name: 'metrics', containerPort: METRICS_PORT, protocol: 'TCP' },
        ],
        env: [
          { name: 'HEALTH_PORT', value: String(HEALTH_PORT) },
          { name: 'METRICS_PORT', value: String(METRICS_PORT) },
          { name: 'LOG_LEVEL', value: spec.pod.logLevel },
          ...tracesEnvironment(given.traces),
        ],
        readinessProbe: { ...probe('/readyz'), periodSeconds: 1 },
        livenessProbe: { ...probe('/healthz'), initialDelaySeconds: 10 },
        securityContext: restrictedContainer(),
        resources: spec.pod.resources,
        volumeMounts: mounted.map(({ name, path }) => ({ name, mountPath: path, readOnly: true })),
      },
    ],
    volumes: mounted.map(({ name, source }) => ({ name, ...source })),
  };
}

/** As OpenTelemetry calls them. */
function tracesEnvironment(traces: TracesTarget | undefined): { name: string; value: string }[] {
  if (!traces) return [];
  return [
    { name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', value: traces.endpoint },
    { name: 'OTEL_TRACES_SAMPLER_ARG', value: String(traces.sampleRatio) },
  ];
}

/** Whoever is served then can still get his container. Most changes of a client's time need no new pods. */
function stopSeconds({ spec }: AnweddolServer): number {
  return (
    spec.containers.startTimeoutSeconds + Math.max(STOP_MARGIN_SECONDS, spec.clientTimeoutSeconds + STOP_SLACK_SECONDS)
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
