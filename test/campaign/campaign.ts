import type { Flow } from './flows/flow.ts';
import type { Ground } from './ground/ground.ts';
import { Scene } from './ground/scene.ts';
import type { Violation } from './oracles/oracle.ts';
import { performClean, performPlan } from './perform/perform.ts';
import { type Reference, referenceOf } from './perform/reference.ts';
import { Turns } from './perform/turns.ts';
import { type Plan, planText } from './plan/plan.ts';
import { learnWrites } from './plan/writes.ts';

interface CampaignOptions {
  ground: Ground;
  /** Runs that work at a time. */
  jobs: number;
  /** Runs that wait at a time besides, as in a quiet time. */
  waiting: number;
  quietMs: number;
  /** How often a flow that is no edit is learned; what only some of these runs write may be tried as well. Default 2. */
  cleanRuns?: number;
  signal: AbortSignal;
  /** Told of a run that something was held against. */
  keep?: (plan: Plan, scene: Scene, found: Violation[]) => Promise<void>;
}

export interface LearnedFlow {
  flow: Flow;
  reference: Reference;
  writes: string[];
  unstable: string[];
  /** What was held against the clean runs. */
  violations: Violation[];
}

export interface RunResult {
  plan: string;
  violations: Violation[];
  isReached: boolean;
  convergedMs: number | undefined;
  ms: number;
  /** How often it was performed, until its point came up. */
  tries: number;
}

/** The fewest that show what differs. In one edit there is not much of it. */
const FEWEST_CLEAN_RUNS = 2;

/** Learns flows, and performs plans on them. */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #turns: Turns;
  readonly #room: Turns;
  #scenes = 0;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#turns = new Turns(options.jobs);
    this.#room = new Turns(options.jobs + options.waiting);
  }

  /** @throws Error when a clean run does not come to an end */
  async learn(flow: Flow): Promise<LearnedFlow> {
    const { ground, cleanRuns = FEWEST_CLEAN_RUNS } = this.#options;
    const { programs } = ground;
    const length = flow.isEdit ? FEWEST_CLEAN_RUNS : cleanRuns;
    const clean = () => this.#inTurn(() => this.#on(flow, programs, (scene) => performClean(scene, flow)));
    const runs = await Promise.all(Array.from({ length }, clean));
    const { writes, unstable } = learnWrites(runs.map((run) => run.writes));
    const violations = runs.flatMap((run) => run.violations);
    return { flow, reference: referenceOf(runs), writes, unstable, violations };
  }

  /**
   * @param programs what crashes. Default: those of the ground
   * @returns undefined when it had become too late before the run could begin
   */
  async run(
    { flow, reference }: LearnedFlow,
    plan: Plan,
    { isLate, programs }: { isLate: () => boolean; programs?: Served | undefined },
  ): Promise<RunResult | undefined> {
    const { quietMs, keep, ground } = this.#options;
    return this.#inTurn(async () => {
      if (isLate()) return undefined;
      const since = performance.now();
      return this.#on(flow, programs ?? ground.programs, async (scene) => {
        const done = await performPlan(scene, flow, plan, reference, { turns: this.#turns, quietMs });
        if (done.violations.length > 0) await keep?.(plan, scene, done.violations);
        return { plan: planText(plan), ...done, ms: performance.now() - since, tries: 1 };
      });
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.#room.take();
    await this.#turns.take();
    try {
      return await work();
    } finally {
      this.#turns.giveBack();
      this.#room.giveBack();
    }
  }

  async #on<T>(flow: Flow, programs: Served, work: (scene: Scene) => Promise<T>): Promise<T> {
    const { ground, signal } = this.#options;
    this.#scenes += 1;
    await using scene = await Scene.open({
      ground,
      number: this.#scenes,
      entrypoint: programs.entrypoint,
      ...(programs.serverImage && { serverImage: programs.serverImage }),
      operators: flow.operators ?? 1,
      signal,
    });
    try {
      return await work(scene);
    } finally {
      ground.truth.forget(scene.namespace);
    }
  }
}

/** What a run is performed with. */
export interface Served {
  entrypoint: string;
  serverImage?: string;
}
