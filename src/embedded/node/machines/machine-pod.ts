import { keyOf, type ObjectName } from '../../../kube/objects.ts';
import { type Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import type { Store } from '../../../kube/store.ts';
import type { Participant } from '../../participant.ts';
import { timestamp } from '../../timestamp.ts';
import type { ImageCatalogue } from '../images/image-catalogue.ts';
import { LogBuffer } from '../log-buffer.ts';
import { containerStatus } from '../pods/container-record.ts';
import { PodStatusPublisher } from '../pods/pod-status-publisher.ts';
import { PULL_BACKOFF } from '../pods/pull-problem.ts';
import type { Tenant } from '../tenant.ts';
import type { Hypervisor, Machine } from './hypervisor.ts';
import { LauncherContainers } from './launcher-containers.ts';
import { writeMachineStatus } from './machine-object.ts';
import { watchMachineProbe } from './machine-probe.ts';
import { endStatus, type HowItEnded, runningStatus } from './machine-status.ts';
import { isFinal } from './with-phase.ts';

export interface MachinePodOptions {
  participant: Participant;
  /** Writes the status of the machine. */
  virtHandler: Participant;
  pod: Pod;
  nodeName: string;
  addresses: { pod: string; host: string };
  machines: Store<VirtualMachineInstance>;
  catalogue: ImageCatalogue;
  shift: boolean;
  hypervisor: Hypervisor;
}

const CONSOLE_CAPACITY = 1 << 20;
const DEFAULT_GRACE_SECONDS = 30;

/** A launcher pod and its machine: the part of kubelet, virt-handler and virt-launcher. */
export class MachinePod implements Tenant {
  readonly #options: MachinePodOptions;
  readonly #publisher: PodStatusPublisher;
  readonly #containers: LauncherContainers;
  readonly #console = new LogBuffer(CONSOLE_CAPACITY);
  /** The machine must end: its pod or its object is going. */
  readonly #stop = new AbortController();
  #inHaste = false;
  readonly #finished: Promise<void>;

  constructor(options: MachinePodOptions) {
    this.#options = options;
    const { participant, pod, addresses } = options;
    const startTime = this.#now();
    this.#containers = new LauncherContainers(pod);
    this.#publisher = new PodStatusPublisher(participant, pod, () => ({
      addresses,
      startTime,
      initContainers: this.#containers.initContainers.map(containerStatus),
      containers: this.#containers.containers.map(containerStatus),
    }));
    this.#finished = this.#run().catch((error) => {
      if (!participant.signal.aborted) participant.log.error({ pod: pod.metadata.name, err: error }, 'machine failed');
    });
  }

  update(pod: Pod): void {
    this.#publisher.update(pod);
  }

  async end(graceSeconds: number): Promise<void> {
    this.#inHaste = graceSeconds === 0;
    this.#stop.abort();
    await this.#finished;
    await this.#publisher.settled();
  }

  log(): LogBuffer {
    return this.#console;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    await this.#pullImages();
    if (signal.aborted) return;
    this.#containers.start(this.#now());
    this.#publisher.changed();
    const vmi = await this.#scheduledMachine();
    if (!vmi) return;
    // A machine that ran under an earlier life of this node is gone.
    const end = vmi.status?.phase === 'Running' ? 'lost' : await this.#runMachine(vmi);
    await this.#writeStatus((current) => endStatus(current, end, this.#now()));
    this.#containers.finish(end === 'lost' ? 1 : 0, this.#now());
    this.#publisher.changed();
  }

  async #pullImages(): Promise<void> {
    const { participant, pod, catalogue } = this.#options;
    const { signal } = this.#stop;
    for (let attempt = 1; !signal.aborted; attempt++) {
      if (this.#containers.pull(pod, catalogue, attempt)) return;
      this.#publisher.changed();
      await participant.clock.sleep(PULL_BACKOFF.delay(attempt), signal).catch(() => undefined);
    }
  }

  /** The machine, once virt-controller has given it to this node; undefined when it ends before. */
  #scheduledMachine(): Promise<VirtualMachineInstance | undefined> {
    const { machines, nodeName } = this.#options;
    const { key, uid } = this.#machineName();
    const scheduled = (): VirtualMachineInstance | undefined => {
      const vmi = machines.get(key);
      if (vmi?.metadata.uid !== uid || vmi?.status?.nodeName !== nodeName) return undefined;
      return vmi.status?.phase === 'Scheduled' || vmi.status?.phase === 'Running' || isFinal(vmi) ? vmi : undefined;
    };
    return machines.waitFor(scheduled, this.#stop.signal).catch(() => undefined);
  }

  /** Runs the machine to its end. */
  async #runMachine(vmi: VirtualMachineInstance): Promise<HowItEnded> {
    const { participant, addresses, hypervisor } = this.#options;
    const { log } = participant;
    const over = new AbortController();
    try {
      const place = { podAddress: addresses.pod, console: this.#console };
      const machine = await hypervisor.start(vmi, place, this.#stop.signal);
      if (!machine) return 'stopped';
      this.#containers.setProcess(machine.processId);
      this.#publisher.changed();
      const stopped = this.#stopWhenTold(vmi, machine, over.signal);
      const started = machine.running().then(async () => {
        await this.#writeStatus((current) => runningStatus(current, addresses.pod, this.#now()));
        this.#watchProbe(vmi, over.signal);
      });
      started.catch((error) => log.warn({ machine: vmi.metadata.name, err: error }, 'machine did not start'));
      const end = await machine.ended;
      over.abort();
      // The final phase must not be overtaken by a Running that is on its way.
      await started.catch(() => undefined);
      if (end.how === 'crashed') log.warn({ machine: vmi.metadata.name, problem: end.message }, 'machine crashed');
      return (await stopped) || end.how === 'crashed' ? 'lost' : end.how;
    } catch (error) {
      log.error({ machine: vmi.metadata.name, err: error }, 'machine not started');
      return 'lost';
    } finally {
      over.abort();
    }
  }

  /** Ends the machine when its pod or its object goes; resolves with whether its grace ran out. */
  async #stopWhenTold(vmi: VirtualMachineInstance, machine: Machine, over: AbortSignal): Promise<boolean> {
    const { machines, participant } = this.#options;
    const { key, uid } = this.#machineName();
    const gone = () => {
      const now = machines.get(key);
      return now?.metadata.uid !== uid || now?.metadata.deletionTimestamp ? true : undefined;
    };
    await machines.waitFor(gone, AbortSignal.any([this.#stop.signal, over])).catch(() => undefined);
    const graceSeconds = this.#inHaste ? 0 : (vmi.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS);
    if (over.aborted || graceSeconds === 0) {
      machine.kill();
      return false;
    }
    await machine.powerDown();
    const graceOver = participant.clock.sleep(graceSeconds * 1000, over).then(() => true);
    const ranOut = await graceOver.catch(() => false);
    machine.kill();
    return ranOut;
  }

  #watchProbe(vmi: VirtualMachineInstance, signal: AbortSignal): void {
    const { participant, addresses, shift } = this.#options;
    const tell = (ready: boolean) => {
      this.#containers.setReady(ready);
      this.#publisher.changed();
    };
    watchMachineProbe(vmi, { pod: addresses.pod, shift }, tell, { clock: participant.clock, signal });
  }

  #writeStatus(change: Parameters<typeof writeMachineStatus>[3]): Promise<void> {
    const { uid, ...name } = this.#machineName();
    return writeMachineStatus(this.#options.virtHandler, name, uid, change);
  }

  #machineName(): ObjectName & { key: string; uid: string } {
    const { metadata } = this.#options.pod;
    const owner = metadata.ownerReferences?.find(({ kind }) => kind === VirtualMachineInstance.kind);
    const name = { namespace: metadata.namespace, name: owner?.name ?? '' };
    return { ...name, key: keyOf(name), uid: owner?.uid ?? '' };
  }

  #now(): string {
    return timestamp(this.#options.participant.clock.now());
  }
}
