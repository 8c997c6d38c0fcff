import { readFileSync } from 'node:fs';
import { backoffDelay } from '../../../runtime/backoff.ts';
import { timestamp } from '../../timestamp.ts';
import { imageId } from '../images/image-catalogue.ts';
import { LogBuffer } from '../log-buffer.ts';
import { MissingObjectError } from '../volumes/pod-objects.ts';
import type { ContainerContext } from './container-context.ts';
import { watchContainerProbes } from './container-probes.ts';
import { type ContainerRecord, newRecord } from './container-record.ts';
import type { Container } from './environment.ts';
import { launch, terminationLog } from './launch.ts';
import type { ProgramEnd, ProgramProcess } from './program-process.ts';
import { PULL_BACKOFF, pullProblem } from './pull-problem.ts';
import { RestartBackoff, restarts } from './restart-policy.ts';

const LOG_CAPACITY = 1 << 20;
const LAST_LINES = 80;
const LONGEST_MESSAGE = 4096;
/** Soon at first: what a container refers to has often been made at the same moment. */
const RETRY = { initialMs: 100, maxMs: 5_000, jitter: 'none' } as const;

/** One container from its first start to its last end. */
export class ContainerRunner {
  readonly record: ContainerRecord;
  log = new LogBuffer(LOG_CAPACITY);
  /** Of the run before this one. */
  previousLog: LogBuffer | undefined;
  readonly #container: Container;
  readonly #context: ContainerContext;
  readonly #policy: string;
  readonly #changed: () => void;
  readonly #backoff = new RestartBackoff();
  #process: ProgramProcess | undefined;

  constructor(container: Container, policy: string, context: ContainerContext, changed: () => void) {
    this.record = newRecord(container);
    this.#container = container;
    this.#policy = policy;
    this.#context = context;
    this.#changed = changed;
  }

  /** Runs the container, again and again where its policy says so. Resolves when it will not run again. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#context;
    while (!stop.aborted) {
      const program = await this.#start(stop);
      if (!program) return;
      const startedAt = clock.now();
      const end = await this.#runOnce(program, startedAt, stop);
      if (stop.aborted || !restarts(this.#policy, end.exitCode)) return;
      const waitMs = this.#backoff.nextWaitMs(clock.now() - startedAt);
      if (waitMs > 0) this.#waitFor('CrashLoopBackOff', `back-off ${waitMs / 1000}s restarting failed container`);
      await clock.sleep(waitMs, stop).catch(() => undefined);
      this.record.restartCount += 1;
      this.previousLog = this.log;
      this.log = new LogBuffer(LOG_CAPACITY);
    }
  }

  /** Asks the program to end. */
  terminate(): void {
    this.#process?.terminate();
  }

  kill(): void {
    this.#process?.kill();
  }

  /** Tries until the program runs; undefined when it was stopped before. */
  async #start(stop: AbortSignal): Promise<ProgramProcess | undefined> {
    const { catalogue, clock } = this.#context;
    let pulls = 0;
    let failures = 0;
    while (!stop.aborted) {
      const reference = this.#container.image ?? '';
      const image = catalogue.images.get(reference);
      const missing = image?.kind === 'program' ? this.#missingVolumeImage() : reference;
      if (image?.kind !== 'program' || missing !== undefined) {
        pulls += 1;
        const { reason, message } = pullProblem(missing ?? reference, pulls);
        this.#waitFor(reason, message);
        await clock.sleep(PULL_BACKOFF.delay(pulls), stop).catch(() => undefined);
        continue;
      }
      this.record.imageId = imageId(reference);
      try {
        return await launch(this.#container, image, this.log, this.#context);
      } catch (error) {
        failures += 1;
        const reason = error instanceof MissingObjectError ? 'CreateContainerConfigError' : 'RunContainerError';
        this.#waitFor(reason, error instanceof Error ? error.message : String(error));
        await clock.sleep(backoffDelay(failures, RETRY), stop).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** A volume of an image is pulled like the container's own image, and fails like it. */
  #missingVolumeImage(): string | undefined {
    const { catalogue, sources } = this.#context;
    const references = (sources.pod.spec?.volumes ?? []).flatMap(({ image }) => image?.reference ?? []);
    return references.find((reference) => catalogue.images.get(reference)?.kind !== 'disk');
  }

  async #runOnce(program: ProgramProcess, startedAt: number, stop: AbortSignal): Promise<ProgramEnd> {
    const { clock } = this.#context;
    this.#process = program;
    // A pod that was stopped while its program started gets the signal that the others got.
    if (stop.aborted) program.terminate();
    const state = { running: { startedAt: timestamp(startedAt) } };
    this.#set({ processId: program.processId, state });
    const probes = new AbortController();
    watchContainerProbes(this.#container, this.#context, AbortSignal.any([stop, probes.signal]), {
      started: () => this.#set({ started: true }),
      ready: (ready) => this.#set({ ready }),
      unhealthy: () => program.kill(),
    });
    const end = await program.ended;
    probes.abort();
    this.#process = undefined;
    this.log.end();
    const times = { startedAt: timestamp(startedAt), finishedAt: timestamp(clock.now()) };
    const terminated = {
      ...end,
      ...times,
      reason: end.exitCode === 0 ? 'Completed' : 'Error',
      ...this.#lastWords(end),
    };
    this.#set({ state: { terminated }, started: false, ready: end.exitCode === 0 });
    return end;
  }

  #lastWords(end: ProgramEnd): { message?: string } {
    const said = readFileSync(terminationLog(this.#container, this.#context), 'utf8');
    const fromLog = this.#container.terminationMessagePolicy === 'FallbackToLogsOnError' && end.exitCode !== 0;
    const message = said || (fromLog ? this.log.tail(LAST_LINES) : '');
    return message ? { message: message.slice(-LONGEST_MESSAGE) } : {};
  }

  #waitFor(reason: string, message: string): void {
    const { state } = this.record;
    if (state.terminated) this.record.lastState = { terminated: state.terminated };
    this.#set({ state: { waiting: { reason, message } } });
  }

  #set(fields: Partial<ContainerRecord>): void {
    const { state } = this.record;
    if (state.terminated && fields.state?.running) this.record.lastState = { terminated: state.terminated };
    Object.assign(this.record, fields);
    this.#changed();
  }
}
