/** KubeVirt's types with what the published ones leave out. */
import type {
  V1VirtualMachineInstanceCondition as PublishedCondition,
  V1KubeVirt as PublishedKubeVirt,
  V1Probe as PublishedProbe,
  V1VirtualMachineInstanceSpec as PublishedSpec,
  V1VirtualMachineInstanceStatus as PublishedStatus,
  V1VirtualMachineInstance as PublishedVirtualMachineInstance,
} from '@kubevirt-ui-ext/kubevirt-api/kubevirt';

/** The published type has no `port`, which the API requires. */
interface Probe extends Omit<PublishedProbe, 'tcpSocket' | 'httpGet'> {
  tcpSocket?: { host?: string; port: number | string };
  httpGet?: NonNullable<PublishedProbe['httpGet']> & { port: number | string };
}

/** The published type has enumerations of its own making. */
interface Toleration {
  key?: string;
  operator?: 'Exists' | 'Equal';
  value?: string;
  effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  tolerationSeconds?: number;
}

interface Spec extends Omit<PublishedSpec, 'readinessProbe' | 'livenessProbe' | 'tolerations' | 'dnsPolicy'> {
  dnsPolicy?: 'None';
  tolerations?: Toleration[];
  readinessProbe?: Probe;
  livenessProbe?: Probe;
}

/** The published type has neither time. */
interface Condition extends PublishedCondition {
  lastProbeTime?: string | null;
  lastTransitionTime?: string | null;
}

interface Status extends Omit<PublishedStatus, 'conditions'> {
  conditions?: Condition[];
}

export interface V1VirtualMachineInstance extends Omit<PublishedVirtualMachineInstance, 'spec' | 'status'> {
  spec: Spec;
  status?: Status;
}

/** The published type calls the configuration `_configuration`. */
export interface V1KubeVirt extends Omit<PublishedKubeVirt, 'spec'> {
  spec: { configuration?: { developerConfiguration?: { useEmulation?: boolean } } };
}
