/** KubeVirt's types with what the published ones leave out. */
import type {
  V1Probe as PublishedProbe,
  V1VirtualMachineInstanceSpec as PublishedSpec,
  V1VirtualMachineInstance as PublishedVirtualMachineInstance,
} from '@kubevirt-ui-ext/kubevirt-api/kubevirt';

/** The published type has no `port`, which the API requires. */
interface Probe extends Omit<PublishedProbe, 'tcpSocket' | 'httpGet'> {
  tcpSocket?: { host?: string; port: number | string };
  httpGet?: NonNullable<PublishedProbe['httpGet']> & { port: number | string };
}

interface Spec extends Omit<PublishedSpec, 'readinessProbe' | 'livenessProbe'> {
  readinessProbe?: Probe;
  livenessProbe?: Probe;
}

export interface V1VirtualMachineInstance extends Omit<PublishedVirtualMachineInstance, 'spec'> {
  spec: Spec;
}
