import type { CrashPoint } from './plan.ts';
import { WriteCounter } from './writes.ts';

/** Waits for the points of a plan, one after the other. */
export class Armed {
  readonly #points: CrashPoint[];
  #counter = new WriteCounter();
  /** The points that were reached. */
  fired = 0;

  constructor(points: CrashPoint[]) {
    this.#points = points;
  }

  get next(): CrashPoint | undefined {
    return this.#points[this.fired];
  }

  /** Whether there is a point, and none was reached. */
  get isUntouched(): boolean {
    return this.fired === 0 && this.#points.length > 0;
  }

  get isOver(): boolean {
    return this.fired === this.#points.length;
  }

  /** Told of each write; the moment of the crash when this is the one. What takes over is counted from its start. */
  meet(key: string): string | undefined {
    const write = this.#counter.next(key);
    return this.next?.write === write ? this.reach() : undefined;
  }

  /** The next point is reached. */
  reach(): string | undefined {
    const { moment } = this.next ?? {};
    this.fired += 1;
    this.#counter = new WriteCounter();
    return moment;
  }
}
