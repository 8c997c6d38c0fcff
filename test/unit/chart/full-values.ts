/** Values that switch everything on that can be on at once. */
export const FULL_VALUES = {
  commonLabels: { team: 'labs' },
  replicas: 2,
  clusterCIDRs: ['10.244.0.0/16'],
  config: { logLevel: 'debug', concurrency: 8 },
  extraArgs: ['--log-format=text'],
  extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }],
  imagePullSecrets: ['registry'],
  podLabels: { tier: 'control' },
  podAnnotations: { note: 'here' },
  priorityClassName: 'system-cluster-critical',
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
  ],
  networkPolicy: {
    enabled: true,
    metricsFrom: [{ namespaceSelector: {} }],
    apiServerCIDRs: ['192.0.2.0/24'],
    extraEgress: [{ ports: [{ port: 53 }] }],
  },
  metrics: { serviceMonitor: { enabled: true, interval: '30s', labels: { release: 'prometheus' } } },
  serverMetrics: { podMonitor: { enabled: true } },
  alerts: { enabled: true, runbookBase: 'https://wiki.example/runbooks' },
  dashboards: { enabled: true },
  servers: [
    { name: 'lab', spec: { iso: { image: 'registry.example/iso:1' } } },
    { name: 'class', namespace: 'school', labels: { year: '2' }, spec: { iso: { image: 'registry.example/iso:1' } } },
  ],
};

/** What the cluster has once the chart was installed in it. */
export const INSTALLED = ['anweddol.io/v1alpha1/AnweddolServer'];
