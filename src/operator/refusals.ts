/** What the cluster refuses to hold: a quota, an admission, or a field that only the API server judges. */
import { createHash } from 'node:crypto';
import { type KubeError, refusalOf } from '../kube/errors.ts';
import { type KubeObject, keyOf, type Resource } from '../kube/objects.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Finding } from './conditions.ts';

/** What was refused is tried again after this, or at once when the manifest changes. */
const REFUSED_AGAIN_MS = 60_000;
/** Forgotten first come first go, beyond this many. */
const REMEMBERED = 10_000;

/** The API server understood the request and will not hold the object as it is. */
class ObjectRefused extends Error {
  override readonly name = 'ObjectRefused';
  /** Such as `Deployment lab-server`. */
  readonly object: string;

  constructor(object: string, cause: KubeError) {
    super(cause.message, { cause });
    this.object = object;
  }
}

/** Keeps from asking again and again for what was refused a moment ago. */
export class Refusals {
  readonly #clock: Clock;
  readonly #known = new Map<string, { digest: string; until: number; refusal: ObjectRefused }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Writes a manifest, but not one that was refused within the last minute; a changed one is tried at once.
   * @throws ObjectRefused when it is, or was, refused; else what `write` throws
   */
  async unlessRefused<T>({ kind }: Resource, manifest: KubeObject, write: () => Promise<T>): Promise<T> {
    const key = `${kind} ${keyOf(manifest.metadata)}`;
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now() && known.digest === digestOf(manifest)) throw known.refusal;
    this.#known.delete(key);
    try {
      return await write();
    } catch (error) {
      const refused = refusalOf(error);
      if (!refused) throw error;
      const refusal = new ObjectRefused(`${kind} ${manifest.metadata.name}`, refused);
      this.#known.set(key, { digest: digestOf(manifest), until: this.#clock.now() + REFUSED_AGAIN_MS, refusal });
      for (const oldest of this.#known.keys()) {
        if (this.#known.size <= REMEMBERED) break;
        this.#known.delete(oldest);
      }
      throw refusal;
    }
  }
}

function digestOf(manifest: KubeObject): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('base64');
}

/** The steps of one reconcile: what one of them is refused does not keep the others from being taken. */
export class Steps {
  readonly refused: ObjectRefused[] = [];

  /** @returns undefined where the cluster refused what the step asked for. @throws what else the step throws */
  async take<T>(step: Promise<T>): Promise<T | undefined> {
    try {
      return await step;
    } catch (error) {
      const refusal = asRefusal(error);
      if (!refusal) throw error;
      this.refused.push(refusal);
      return undefined;
    }
  }
}

/** What is told of the refusals of one reconcile; undefined where there were none. */
export function refusedFinding(refused: readonly ObjectRefused[]): Finding | undefined {
  if (refused.length === 0) return undefined;
  const message = refused.map(({ object, message: why }) => `${object} was refused: ${why}`).join('; ');
  return { status: 'False', reason: 'ObjectRefused', message: message.slice(0, 1024), againMs: REFUSED_AGAIN_MS };
}

function asRefusal(error: unknown): ObjectRefused | undefined {
  if (error instanceof ObjectRefused) return error;
  const refused = refusalOf(error);
  if (!refused) return undefined;
  const { kind = 'an object', name = '' } = refused.details ?? {};
  return new ObjectRefused(`${kind} ${name}`.trimEnd(), refused);
}
