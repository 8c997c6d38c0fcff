/** A cluster with two servers, their pods and containers, under the policies that the operator would apply. */
import type * as z from 'zod';
import type { AnweddolServerSpec } from '../../../../src/api/anweddol-server.ts';
import type { Isolation as IsolationSchema } from '../../../../src/api/server/isolation.ts';
import { deployment } from '../../../../src/operator/desired/deployment.ts';
import { serverPodLabels } from '../../../../src/operator/desired/ownership.ts';
import type { KnownNetworks } from '../../../../src/operator/network/known-networks.ts';
import { networkPolicies } from '../../../../src/operator/network/network-policies.ts';
import { claimedMachine } from '../../../../src/virtualization/kubevirt/machine.ts';
import { type Connection, mayConnect } from '../../../support/policy-evaluator/may-connect.ts';
import type { PolicyPod } from '../../../support/policy-evaluator/world.ts';
import { SAMPLE_UUID, sampleSettings } from '../../../support/sample-machine.ts';
import { sampleServer } from '../../../support/sample-server.ts';
import { KNOWN } from './networks.ts';

export type Isolation = z.input<typeof IsolationSchema>;

export interface SceneOptions {
  isolation?: Isolation | undefined;
  spec?: Partial<z.input<typeof AnweddolServerSpec>>;
  known?: KnownNetworks;
  /** Addresses of pods begin so; default `10.244.0.`. */
  podPrefix?: string;
}

export function scene({ isolation, spec = {}, known = KNOWN, podPrefix = '10.244.0.' }: SceneOptions) {
  const containers = { ...spec.containers, ...(isolation && { isolation }) };
  const lab = sampleServer({ ...spec, containers });
  const second = sampleServer({ ...spec, containers });
  const other = { ...second, metadata: { ...second.metadata, name: 'other', uid: 'other-uid' } };
  const podOf = (labels: Record<string, string>, last: number, namespace = 'anweddol'): PolicyPod => ({
    namespace,
    labels,
    ip: `${podPrefix}${last}`,
  });
  const policies = [lab, other].flatMap((server) => networkPolicies(server, known));
  const namespaces = ['anweddol', 'kube-system', 'default'].map((name) => ({ name }));
  return {
    serverPod: podOf(podLabels(lab), 11),
    otherServerPod: podOf(podLabels(other), 12),
    container: podOf(machineLabels('lab'), 21),
    sibling: podOf(machineLabels('lab'), 22),
    otherContainer: podOf(machineLabels('other'), 23),
    dnsPod: podOf({ 'k8s-app': 'kube-dns' }, 31, 'kube-system'),
    stranger: podOf({ app: 'stranger' }, 32, 'default'),
    neighbour: podOf({ app: 'stranger' }, 33),
    reach: (from: Connection['from'], to: Connection['to'], port: number, protocol = 'TCP') =>
      mayConnect({ namespaces, policies }, { from, to, port, protocol }),
  };
}

/** Those that the Deployment gives them. */
function podLabels(server: ReturnType<typeof sampleServer>): Record<string, string> {
  const { metadata } = server;
  const settings = { ...sampleSettings(), server: { name: metadata.name, namespace: 'anweddol', uid: '' } };
  const { template } = deployment(server, { image: 'anweddol:1', settings, secrets: {} }).spec ?? {};
  return template?.metadata?.labels ?? serverPodLabels(server);
}

/** Those that KubeVirt copies from the machine to its pod. */
function machineLabels(name: string): Record<string, string> {
  const settings = sampleSettings();
  const claim = { uuid: SAMPLE_UUID, clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
  const machine = claimedMachine({ ...settings, server: { ...settings.server, name } }, claim, 10_000, 0);
  return { ...machine.metadata.labels };
}
