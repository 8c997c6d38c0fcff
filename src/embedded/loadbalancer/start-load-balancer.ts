import { isDeepStrictEqual } from 'node:util';
import { isNotFound } from '../../kube/errors.ts';
import { keyOf } from '../../kube/objects.ts';
import { EndpointSlice, Service } from '../../kube/resources.ts';
import { watched } from '../../kube/watched.ts';
import { runController } from '../../runtime/controller.ts';
import { again, done, type Outcome } from '../../runtime/outcome.ts';
import { WorkQueue } from '../../runtime/work-queue.ts';
import type { Participant } from '../participant.ts';
import { timestamp } from '../timestamp.ts';
import { loadBalancerStatus } from './load-balancer-status.ts';
import { ServiceListeners } from './service-listeners.ts';
import { isServed, serviceTargets } from './service-targets.ts';

export interface LoadBalancerOptions extends Participant {
  /** The only namespace whose Services are served. Default: all. */
  namespace?: string;
  /** The address of this machine on which Services are served. */
  host: string;
  /** Whether privileged ports of pods are shifted on this machine. @see hostAddress */
  shift: boolean;
}

export interface LoadBalancer {
  /** Closes every listener and cuts every connection. */
  close(): void;
}

const LABEL_SERVICE = 'kubernetes.io/service-name';
/** When to try again to get a port that somebody else has. */
const PORT_RETRY_MS = 2_000;

/**
 * Serves Services of type LoadBalancer on an address of this machine, each port for as long as it has a ready endpoint:
 * without one, connections are refused. A plain client of the API server.
 */
export function startLoadBalancer(options: LoadBalancerOptions): LoadBalancer {
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const participant: Participant = { ...options, signal };
  const { client, clock, host, log, namespace } = options;
  const listeners = new ServiceListeners(options);
  const services = watched(client, Service, { namespace }, participant);
  const indices = { service: (slice: EndpointSlice) => [serviceKey(slice)] };
  const slices = watched(client, EndpointSlice, { namespace }, { ...participant, indices });

  const reconcile = async (key: string, callSignal: AbortSignal): Promise<Outcome> => {
    const service = services.get(key);
    if (!service || !isServed(service)) {
      await listeners.set(key, new Map());
      return done();
    }
    const problems = await listeners.set(key, serviceTargets(service, slices.byIndex('service', key)));
    for (const [port, problem] of problems)
      log.warn({ service: key, port, problem }, 'load balancer port not to be had');
    const status = loadBalancerStatus(service, host, problems, timestamp(clock.now()));
    if (!isDeepStrictEqual(status, { ...service.status })) {
      const call = client.mergePatch(
        Service,
        service.metadata,
        { status },
        { subresource: 'status', signal: callSignal },
      );
      await call.catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    }
    return problems.size > 0 ? again(PORT_RETRY_MS) : done();
  };

  const queue = new WorkQueue({ clock });
  void runController({ ...participant, name: 'loadbalancer', queue, workers: 1, reconcile, graceMs: 0 });
  services.onChange((service, previous) => {
    const one = service ?? previous;
    if (one) queue.add(keyOf(one.metadata));
  });
  slices.onChange((slice, previous) => {
    const one = slice ?? previous;
    if (one) queue.add(serviceKey(one));
  });
  return {
    close() {
      stopping.abort(new Error('the load balancer closes'));
      listeners.close();
    },
  };
}

function serviceKey({ metadata }: EndpointSlice): string {
  return keyOf({ namespace: metadata.namespace, name: metadata.labels?.[LABEL_SERVICE] ?? '' });
}
