import { randomBytes } from 'node:crypto';
import { REASONS } from '../../api/reasons.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import { referenceTo } from '../../kube/event-sink.ts';
import { VirtualMachineInstance } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { EventSink } from '../../runtime/events/event.ts';
import type { Log } from '../../runtime/log.ts';
import type { ContainerRecord } from '../../virtualization/container-backend.ts';
import type { ContainerStep } from '../../virtualization/kubevirt/backend-options.ts';
import { machineName } from '../../virtualization/kubevirt/machine-name.ts';

export interface ContainerEventsOptions {
  sink: Pick<EventSink, 'create'>;
  settings: Pick<ServerSettings, 'server'>;
  clock: Clock;
  log: Log;
  /** Ends what is under way. */
  signal: AbortSignal;
}

/**
 * Tells the story of each container by Events on it, from its claim to what its client makes of it; nothing of the client.
 * What comes before and after is the operator's to tell.
 * @returns what is to be told of each step; it never throws
 */
export function containerEvents(
  options: ContainerEventsOptions,
): (step: ContainerStep, record: ContainerRecord) => void {
  const { sink, settings, clock, log, signal } = options;
  /** By slot: what this pod has claimed for a client that does not have it yet. */
  const undelivered = new Map<number, string>();
  return (step, { listenPort, instanceId }) => {
    const isUndelivered = undelivered.get(listenPort) === instanceId;
    if (step === 'Claimed') undelivered.set(listenPort, instanceId);
    else if (step !== 'SetUp' && isUndelivered) undelivered.delete(listenPort);
    const reason = step === 'Destroyed' && isUndelivered ? 'Undelivered' : step;
    const metadata = { ...machineName(settings, listenPort), uid: instanceId };
    const event = {
      type: 'Normal' as const,
      reason,
      action: step === 'Destroyed' ? 'Destroy' : 'CreateContainer',
      note: REASONS[reason].means,
      id: randomBytes(8).toString('hex'),
      regarding: referenceTo({ apiVersion: 'kubevirt.io/v1', kind: VirtualMachineInstance.kind, metadata }),
      at: clock.now(),
    };
    sink.create(event, signal).catch((error: unknown) => {
      log.warn({ reason, err: error }, 'the Event of a container was not created');
    });
  };
}
