import type { ServerSettings } from '../../api/server-settings.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { EndpointSlice, VirtualMachineInstance } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';

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
}

export type ClaimOptions = Pick<KubeVirtBackendOptions, 'kube' | 'settings' | 'machines' | 'clock' | 'log' | 'random'>;
