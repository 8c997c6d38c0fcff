/** All that may be set in the chart. What a bound can't say is in templates/_refusals.tpl. */
import * as z from 'zod';
import {
  NamespaceName,
  Network,
  ObjectName,
  OptionalObjectName,
  OptionalShortName,
  PassedOn,
  PassedOnList,
  Port,
  StringMap,
} from './kubernetes-shapes.ts';
import { Alerts, Dashboards, Metrics, ServerMetrics } from './monitoring-values.ts';
import { OperatorConfig } from './operator-config.ts';

const Image = z.strictObject({
  repository: z
    .string()
    .min(1)
    .regex(/^[^\s@]+$/),
  tag: z.string().regex(/^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$/),
  digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
});

export const Server = z.strictObject({
  name: NamespaceName,
  namespace: NamespaceName.optional(),
  labels: StringMap.optional(),
  annotations: StringMap.optional(),
  /** The CustomResourceDefinition knows it. */
  spec: PassedOn,
});

const HelmTest = z.strictObject({
  server: OptionalShortName,
  address: z.string().regex(/^([^\s:]+|\[[0-9a-fA-F:]+\])?(:[0-9]{1,5})?$/),
  accessTokenSecret: OptionalObjectName,
});

const NetworkPolicy = z.strictObject({
  enabled: z.boolean(),
  metricsFrom: PassedOnList,
  apiServerCIDRs: z.array(Network),
  apiServerPorts: z.array(Port).min(1),
  extraEgress: PassedOnList,
});

const DisruptionBudget = z.strictObject({
  enabled: z.boolean(),
  maxUnavailable: z.union([z.int().min(1), z.string().regex(/^[1-9][0-9]?%$|^100%$/)]),
});

/** The operator's API server has connections for so many. */
const MAX_NAMESPACES = 20;

export const ChartValues = z
  .strictObject({
    nameOverride: OptionalShortName,
    fullnameOverride: OptionalShortName,
    commonLabels: StringMap,
    crds: z.strictObject({ install: z.boolean(), keep: z.boolean() }),
    scope: z.strictObject({
      namespaces: z.array(NamespaceName).max(MAX_NAMESPACES).meta({ uniqueItems: true }),
      readCluster: z.boolean(),
    }),
    serverPodPolicies: z.strictObject({ enabled: z.boolean() }),
    replicas: z.int().min(1).max(10),
    leaderElection: z.strictObject({ enabled: z.boolean(), leaseName: OptionalObjectName }),
    image: Image,
    imagePullSecrets: z.array(ObjectName),
    serverImage: z.string().max(512),
    clusterCIDRs: z.array(Network).max(64),
    config: OperatorConfig,
    extraArgs: z.array(z.string().regex(/^--[a-z]/)),
    extraEnv: PassedOnList,
    serviceAccount: z.strictObject({ create: z.boolean(), name: OptionalObjectName, annotations: StringMap }),
    podLabels: StringMap,
    podAnnotations: StringMap,
    resources: PassedOn,
    podSecurityContext: PassedOn,
    securityContext: PassedOn,
    priorityClassName: OptionalObjectName,
    nodeSelector: StringMap,
    tolerations: PassedOnList,
    affinity: PassedOn,
    topologySpreadConstraints: PassedOnList,
    podDisruptionBudget: DisruptionBudget,
    networkPolicy: NetworkPolicy,
    metrics: Metrics,
    serverMetrics: ServerMetrics,
    alerts: Alerts,
    dashboards: Dashboards,
    servers: z.array(Server),
    keepServers: z.boolean(),
    helmTest: HelmTest,
    /** Of a chart that has this one as a part. */
    global: z.looseObject({}),
  })
  .partial();
