import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { hostAddress } from '../host-address.ts';
import { probeTarget } from '../pods/probe-target.ts';
import { type ProbeAddress, runProbe } from '../pods/run-probe.ts';
import { watchProbe } from '../pods/watch-probe.ts';
import { bannerProbe } from './banner-probe.ts';

/** Tells whether the guest is ready, each time it turns: what its readiness probe says, or at once where it has none. */
export function watchMachineProbe(
  vmi: VirtualMachineInstance,
  address: ProbeAddress,
  tell: (ready: boolean) => void,
  time: { clock: Clock; signal: AbortSignal },
): void {
  const probe = vmi.spec.readinessProbe;
  const target = probe && probeTarget(probe, { name: 'compute' });
  if (!probe || !target) {
    tell(true);
    return;
  }
  const ask = (signal: AbortSignal) =>
    target.kind === 'tcp'
      ? bannerProbe(hostAddress(address.pod, target.port, address), signal)
      : runProbe(target, address, signal);
  void watchProbe(probe, ask, false, tell, time);
}
