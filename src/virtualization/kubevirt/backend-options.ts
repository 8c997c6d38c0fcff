import type { ServerSettings } from '../../api/server-settings.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { EndpointSlice, VirtualMachineInstance } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Tracer } from '../../runtime/tracing.ts';
import type { ContainerRecord } from '../container-backend.ts';

/** What a server pod does with a container. */
export type ContainerStep = 'Claimed' | 'SetUp' | 'Delivered' | 'Destroyed';

export interface KubeVirtBackendOptions {
  kube: KubeClient;
  /** Looked at for each claim: they may change at any time, all but the server and its endpoint. */
  settings: { readonly current: ServerSettings };
  endpointPassword: string;
  /** This server's machines and endpoint slices, kept by reflectors. */
  machines: Store<VirtualMachineInstance>;
  slices: Store<EndpointSlice>;
  clock: Clock;
  log: Log;
  /** From 0 up to, and not including, 1. */
  random: () => number;
  /** Default: nobody follows what is done. */
  tracer?: Tracer;
  /** Told of each step in the life of a container, once it is done. */
  onStep?: (step: ContainerStep, record: ContainerRecord) => void;
}

export type ClaimOptions = Pick<
  KubeVirtBackendOptions,
  'kube' | 'settings' | 'machines' | 'clock' | 'log' | 'random' | 'tracer'
>;
