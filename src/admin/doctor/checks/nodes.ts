/** Whether machines find a node, and boot fast there. */
import { quantityValue } from '../../../kube/quantity.ts';
import type { Node } from '../../../kube/resources.ts';
import { valueOr } from '../../cluster/answer.ts';
import type { ClusterFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { judge, names } from '../unless-known.ts';

const KVM = 'devices.kubevirt.io/kvm';
/** What virt-handler says of a node, once it runs there. */
const LABEL_SCHEDULABLE = 'kubevirt.io/schedulable';

export function nodes(facts: Pick<ClusterFacts, 'nodes' | 'kubevirt'>): Finding[] {
  return judge(facts.nodes, { check: 'nodes-schedulable', what: 'the nodes' }, (all) => {
    const fit = all.filter(takesMachines);
    const schedulable = schedulableFinding(all, fit);
    return fit.length === 0 ? [schedulable] : [schedulable, kvmFinding(fit, isEmulated(facts))];
  });
}

export function takesMachines({ metadata, spec, status }: Node): boolean {
  const isReady = status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return Boolean(isReady) && !spec?.unschedulable && metadata.labels?.[LABEL_SCHEDULABLE] === 'true';
}

function schedulableFinding(all: readonly Node[], fit: readonly Node[]): Finding {
  const check = 'nodes-schedulable';
  const counted = `${fit.length} of ${all.length} nodes take machines`;
  if (fit.length > 0) return { check, result: 'ok', found: `${counted}.` };
  const remedy =
    'A node must be ready and not cordoned, and virt-handler must run on it (label kubevirt.io/schedulable).';
  return { check, result: 'failed', found: `${counted}.`, remedy };
}

function isEmulated({ kubevirt }: Pick<ClusterFacts, 'kubevirt'>): boolean {
  const [install] = valueOr(kubevirt, []);
  return install?.spec?.configuration?.developerConfiguration?.useEmulation ?? false;
}

/** A kubelet writes 1000 devices as `1k`. */
function hasKvm(devices = '0'): boolean {
  return (quantityValue(devices) ?? 0) > 0;
}

function kvmFinding(fit: readonly Node[], emulated: boolean): Finding {
  const check = 'nodes-kvm';
  const without = fit.filter(({ status }) => !hasKvm(status?.allocatable?.[KVM]));
  if (without.length === 0) return { check, result: 'ok', found: 'Every node that takes machines has KVM.' };
  const which = names(without.map(({ metadata }) => metadata.name));
  if (emulated) {
    const found = `Without KVM are ${which}: machines are emulated there, and boot many times slower.`;
    const remedy = 'Raise containers.startTimeoutSeconds and keep warm containers, or use nodes with KVM.';
    return { check, result: 'warning', found, remedy };
  }
  const remedy =
    'Turn virtualization on there (for virtual nodes: nested virtualization), or set useEmulation in the KubeVirt resource.';
  if (without.length === fit.length) {
    return { check, result: 'failed', found: `No node has KVM, and KubeVirt may not emulate it: ${which}.`, remedy };
  }
  return { check, result: 'warning', found: `Without KVM, and so without machines, are ${which}.`, remedy };
}
