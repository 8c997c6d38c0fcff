import { LABEL_COMPONENT } from '../../../../src/api/names.ts';
import { AnweddolServer } from '../../../../src/api/resources.ts';
import { SERVER_FILES, type ServerSettings } from '../../../../src/api/server-settings.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import {
  Certificate,
  ConfigMap,
  DataVolume,
  Deployment,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  Service,
  VirtualMachineInstance,
} from '../../../../src/kube/resources.ts';

type PodTemplate = NonNullable<NonNullable<Deployment['spec']>['template']>;

/** What a server's resource has made of the cluster; each part throws where there is none yet. */
export interface System {
  status: NonNullable<AnweddolServer['status']>;
  replicas: number | undefined;
  template: PodTemplate;
  pod: NonNullable<PodTemplate['spec']>;
  container: NonNullable<PodTemplate['spec']>['containers'][number];
  settings: ServerSettings;
  service: NonNullable<Service['spec']>;
  serviceMetadata: Service['metadata'];
  /** A warm one. */
  machine: VirtualMachineInstance;
  machines: number;
  isoCheck: NonNullable<Pod['spec']>;
  /** The policies of the server, as text. */
  policies: string;
  budgets: number;
  certificates: Certificate[];
  dataVolume: DataVolume;
  /** The Secret mounted where server pods look for this file. */
  mounted(file: keyof typeof SERVER_FILES): string | undefined;
}

/** Everything that there is of one server now. */
export async function systemOf(kube: KubeClient, namespace: string, name: string): Promise<System> {
  const labelSelector = `anweddol.io/server=${name}`;
  const query = { namespace, labelSelector };
  const named = (suffix: string) => ({ namespace, name: `${name}${suffix}` });
  const [server, deployment, config, service, vmis, pods, policies, budgets] = await Promise.all([
    kube.get(AnweddolServer, named('')),
    kube.get(Deployment, named('-server')),
    kube.get(ConfigMap, named('-settings')),
    kube.get(Service, named('')),
    kube.list(VirtualMachineInstance, query),
    kube.list(Pod, query),
    kube.list(NetworkPolicy, query),
    kube.list(PodDisruptionBudget, query),
  ]);
  const certificates = await kube.list(Certificate, query);
  const volumes = await kube.list(DataVolume, query);
  const there = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new Error(`${name} has no ${what}`);
    return value;
  };
  const template = () => there(deployment?.spec?.template, 'Deployment');
  const pod = () => there(template().spec, 'Deployment');
  return {
    get status() {
      return there(server?.status, 'status');
    },
    replicas: deployment?.spec?.replicas,
    get template() {
      return template();
    },
    get pod() {
      return pod();
    },
    get container() {
      return there(pod().containers[0], 'container');
    },
    get settings() {
      return JSON.parse(there(config?.data?.['settings.json'], 'settings'));
    },
    get service() {
      return there(service?.spec, 'Service');
    },
    get serviceMetadata() {
      return there(service?.metadata, 'Service');
    },
    get machine() {
      return there(vmis.items[0], 'machine');
    },
    machines: vmis.items.length,
    get isoCheck() {
      const check = pods.items.find(({ metadata }) => metadata.labels?.[LABEL_COMPONENT] === 'iso-check');
      return there(check?.spec, 'check of its ISO');
    },
    policies: JSON.stringify(policies.items.map(({ spec }) => spec)),
    budgets: budgets.items.length,
    certificates: certificates.items,
    get dataVolume() {
      return there(volumes.items[0], 'DataVolume');
    },
    mounted(file) {
      const folder = SERVER_FILES[file].slice(0, SERVER_FILES[file].lastIndexOf('/'));
      const mount = there(pod().containers[0], 'container').volumeMounts?.find(({ mountPath }) => mountPath === folder);
      return pod().volumes?.find((volume) => volume.name === mount?.name)?.secret?.secretName;
    },
  };
}
