/** The command lines of a control plane's programs; each field is a path or a port of 127.0.0.1. */

export interface Files {
  /** PEM: of the authority that signed `certificate`, and of the one for clients. */
  ca: string;
  certificate: string;
  privateKey: string;
  /** PEM: signs and checks the tokens of service accounts. */
  serviceAccountKey: string;
  serviceAccountPublicKey: string;
  /** Static tokens, as `token,user,uid,groups` lines. */
  tokens: string;
  etcdData: string;
  kubeconfig: string;
}

export interface Ports {
  etcd: number;
  apiServer: number;
  controllers: number;
  virtApi: number;
  virtApiConsole: number;
  virtController: number;
}

/** What of kube-controller-manager the product, kubectl and helm rely on. */
const CONTROLLERS = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'deployment-controller',
  'replicaset-controller',
  'endpointslice-controller',
  'job-controller',
  'disruption-controller',
];

export function etcdArguments(files: Files, { etcd }: Ports): string[] {
  const url = `http://127.0.0.1:${etcd}`;
  return [
    `--data-dir=${files.etcdData}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    '--listen-peer-urls=http://127.0.0.1:0',
    // Nothing has to outlive this machine.
    '--unsafe-no-fsync',
    '--auto-compaction-retention=1',
    '--log-level=warn',
  ];
}

export function apiServerArguments(files: Files, ports: Ports): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.apiServer}`,
    `--tls-cert-file=${files.certificate}`,
    `--tls-private-key-file=${files.privateKey}`,
    // Old versions go soon, so that what happens then can be seen.
    '--etcd-compaction-interval=3s',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged=true',
    '--endpoint-reconciler-type=none',
    '--advertise-address=127.0.0.1',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--anonymous-auth=false',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${files.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    `--token-auth-file=${files.tokens}`,
    // Nodes here answer on this machine's own address, whatever the pods on them are told of theirs.
    '--kubelet-preferred-address-types=Hostname',
    `--kubelet-client-certificate=${files.certificate}`,
    `--kubelet-client-key=${files.privateKey}`,
    // virt-api looks for these in the ConfigMap that the API server writes of them.
    `--client-ca-file=${files.ca}`,
    `--requestheader-client-ca-file=${files.ca}`,
    '--requestheader-allowed-names=virt-api',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${files.certificate}`,
    `--proxy-client-key-file=${files.privateKey}`,
  ];
}

export function controllerArguments(files: Files, { controllers }: Ports): string[] {
  return [
    `--kubeconfig=${files.kubeconfig}`,
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--root-ca-file=${files.ca}`,
    '--use-service-account-credentials=true',
    '--leader-elect=false',
    // Many short-lived namespaces at a time are nothing that the defaults were made for.
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    '--concurrent-namespace-syncs=30',
    '--bind-address=127.0.0.1',
    `--secure-port=${controllers}`,
    `--tls-cert-file=${files.certificate}`,
    `--tls-private-key-file=${files.privateKey}`,
    `--controllers=${CONTROLLERS.join(',')}`,
  ];
}

/** @param kubeconfig of KubeVirt's account for this program */
export function virtApiArguments(files: Files, ports: Ports, kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--listen=127.0.0.1',
    `--port=${ports.virtApi}`,
    `--console-server-port=${ports.virtApiConsole}`,
    `--tls-cert-file=${files.certificate}`,
    `--tls-key-file=${files.privateKey}`,
    `--handler-cert-file=${files.certificate}`,
    `--handler-key-file=${files.privateKey}`,
  ];
}

/** @param launcherImage what launcher pods are said to run: this machine's node plays their part */
export function virtControllerArguments(
  files: Files,
  ports: Ports,
  kubeconfig: string,
  launcherImage: string,
): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--listen=127.0.0.1',
    `--port=${ports.virtController}`,
    `--prom-cert-file=${files.certificate}`,
    `--prom-key-file=${files.privateKey}`,
    `--launcher-image=${launcherImage}`,
    `--exporter-image=${launcherImage}`,
    // The one that takes over is the same one, started again.
    '--leader-elect-lease-duration=5s',
    '--leader-elect-renew-deadline=3s',
    '--leader-elect-retry-period=1s',
  ];
}
