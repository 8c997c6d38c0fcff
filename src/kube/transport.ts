import type { KubeConfig } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import type { Clock } from '../runtime/clock.ts';
import { Deadline } from '../runtime/deadline.ts';
import { KubeError } from './errors.ts';
import { networkFailure } from './network-failure.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { type Request, RequestSender } from './request-sender.ts';
import { readJson, readText } from './response-body.ts';
import { retryDelay } from './retry-delay.ts';
import { errorOfAnswer } from './status.ts';
import type { RateLimit } from './token-bucket.ts';
import { WriteRefused } from './write-gate.ts';

export interface TransportOptions {
  clock: Clock;
  /** Its part before the first `/` is the field manager of what is created and patched. Default `anweddol-operator`. */
  userAgent?: string;
  /** For a whole call, retries and waits included. Default 30 s. */
  callTimeoutMs?: number;
  /** Default 10 s. */
  connectTimeoutMs?: number;
  /** Of one answer, in bytes. Default 64 MiB. */
  maxAnswerBytes?: number;
  /** Of all requests; a watch counts when it is opened. Default {@link DEFAULT_RATE_LIMIT}. */
  rateLimit?: RateLimit | false;
  metrics?: RequestMetrics;
  /**
   * Called right before the bytes of a request that is no GET go out, on every attempt. What it throws is what the call
   * rejects with, and nothing is sent.
   */
  beforeWrite?: () => void;
}

/**
 * A fence against a loop of our own that runs wild, not a share of the server: sharing it out is its own business (API
 * Priority and Fairness), which is why controller-runtime has no limit by default any more. The 20 (30 at once) of older
 * controllers would make a thousand servers wait ten minutes for their objects.
 */
const DEFAULT_RATE_LIMIT: RateLimit = { perSecond: 300, burst: 600 };

export interface Call extends Request {
  /** Sending it twice does no harm, so it is retried after failures too that may have come after it was executed. */
  idempotent?: boolean;
  signal?: AbortSignal | undefined;
}

/** Requests to one API server. Errors as described at `KubeClient`; a caller's abort rejects with its signal's reason. */
export interface Transport {
  /** The parsed answer. */
  call(call: Call): Promise<unknown>;
  /** The bytes of a GET's answer as they come; a silence longer than `inactivityMs` throws `Timeout`. */
  stream(path: string, inactivityMs: number, signal: AbortSignal): AsyncGenerator<Uint8Array>;
  /** Cuts every connection. */
  close(): Promise<void>;
}

export function createTransport(config: KubeConfig, options: TransportOptions): Transport {
  const { clock, callTimeoutMs = 30_000, maxAnswerBytes = 64 * 2 ** 20 } = options;
  const sender = new RequestSender(config, {
    clock,
    userAgent: options.userAgent ?? 'anweddol-operator',
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    rateLimit: options.rateLimit ?? DEFAULT_RATE_LIMIT,
    metrics: options.metrics,
    beforeWrite: options.beforeWrite,
  });

  async function accepted(answer: Dispatcher.ResponseData): Promise<Dispatcher.ResponseData> {
    if (answer.statusCode < 300) return answer;
    const retryAfter = answer.headers['retry-after'];
    const text = await readText(answer.body, maxAnswerBytes);
    throw errorOfAnswer(answer.statusCode, text, Array.isArray(retryAfter) ? retryAfter[0] : retryAfter);
  }

  async function call(call: Call): Promise<unknown> {
    const until = clock.elapsed() + callTimeoutMs;
    using deadline = new Deadline(clock, call.signal);
    deadline.set(callTimeoutMs, () => timeout(call, 'no answer', callTimeoutMs));
    const send = sender.prepare(call, deadline.signal);
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await accepted(await send());
        return await readJson(answer.body, maxAnswerBytes);
      } catch (failure) {
        const error = translate(failure, call, deadline.signal);
        const wait = retryDelay(call, error, attempt);
        if (wait === undefined || clock.elapsed() + wait >= until) throw error;
        await clock.sleep(wait, deadline.signal);
      }
    }
  }

  async function* stream(path: string, inactivityMs: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const request: Request = { method: 'GET', path };
    using deadline = new Deadline(clock, signal);
    const silence = () => timeout(request, 'nothing new', inactivityMs);
    try {
      deadline.set(callTimeoutMs, () => timeout(request, 'no answer', callTimeoutMs));
      const { body } = await accepted(await sender.prepare(request, deadline.signal)());
      deadline.set(inactivityMs, silence);
      for await (const chunk of body) {
        deadline.clear();
        yield chunk;
        deadline.set(inactivityMs, silence);
      }
      deadline.signal.throwIfAborted();
    } catch (error) {
      throw translate(error, request, deadline.signal);
    }
  }

  return { call, stream, close: () => sender.close() };
}

function timeout(request: Request, what: string, ms: number): KubeError {
  return new KubeError({ code: 0, reason: 'Timeout', message: `${describe(request)}: ${what} for ${ms / 1000} s` });
}

/** Whatever went wrong on the way, as what the caller is told. */
function translate(error: unknown, request: Request, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof WriteRefused) return error.cause;
  if (error instanceof KubeError) return error;
  const { reason, message } = networkFailure(error);
  return new KubeError({ code: 0, reason, message: `${describe(request)}: ${message}` }, { cause: error });
}

/** Without the query, which may be long. */
function describe(request: Request): string {
  return `${request.method} ${request.path.split('?', 1)[0]}`;
}
