/** Of a server as a whole, and of where clients find it. */
import { entries } from './entries.ts';

export const SERVER_REASONS = entries({
  Ready: { means: 'Clients can connect.' },
  SpecInvalid: {
    means: 'The stored resource is none that this release of the operator understands.',
    remedy: 'Mend the field that the message names; an older or later release may have stored it.',
  },
  ScaledToZero: { means: 'The server has no pods, as replicas asks for.', remedy: 'Set replicas to 1 or more.' },
  NoPodReady: {
    means: 'No server pod is ready.',
    remedy:
      'The message says what keeps them, as far as the pods tell; otherwise look at their Events with kubectl describe, and at their logs.',
  },
  PodsMissing: {
    means:
      'Some server pods are ready, but not as many as replicas asks for, or not those of the latest change of the spec.',
    remedy: 'The message says what keeps the others, if it is more than time.',
  },
  PodsReady: { means: 'All server pods are ready.' },
  Settled: { means: 'The server pods are as wanted.' },
  ObjectRefused: {
    means:
      'The cluster will not hold an object that the server needs: a quota, an admission rule or the API server refuses it.',
    remedy:
      'Mend what the message names, in the spec or in the cluster; it is tried again at once when the spec changes, else every minute.',
  },
  PodsRefused: {
    means: 'The cluster makes no pods of the Deployment: a quota is used up, or Pod Security refuses them.',
    remedy: 'Raise the quota, or set pod.resources or the labels of the namespace, as the message says.',
  },
  RollingOut: { means: 'Server pods are being started or replaced.' },
});

export const ADDRESS_REASONS = entries({
  Assigned: { means: 'The load balancer has given the Service an address.' },
  NodePortsAssigned: { means: 'Every node answers for the server, on the ports that clients are told.' },
  NodePortsDiffer: {
    means: 'Every node answers for the server, but the SSH ports that clients are told are other ports on the nodes.',
    remedy:
      'Map the ports outside the cluster, or make a server whose listenPort and service.firstSshPort lie within 30000 to 32767.',
  },
  ClusterOnly: {
    means: 'The Service has an address that is reached from within the cluster only, as type ClusterIP asks for.',
  },
  Waiting: { means: 'The Service has no address yet.' },
  LoadBalancerSilent: {
    means: 'The Service of type LoadBalancer has been without an address for 5 minutes.',
    remedy:
      'Look at the events of the Service; install a load balancer (such as MetalLB), mend service.loadBalancerClass, or use service.type NodePort.',
  },
});
