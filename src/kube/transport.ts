import type { KubeConfig } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import type { Clock } from '../runtime/clock.ts';
import { Deadline } from '../runtime/deadline.ts';
import { ConnectionPool } from './connection-pool.ts';
import { readCredentials } from './credentials.ts';
import { KubeError } from './errors.ts';
import { readJson, readText } from './response-body.ts';
import { retryDelay } from './retry-delay.ts';
import { errorOfAnswer } from './status.ts';

export interface TransportOptions {
  clock: Clock;
  /** Its part before the first `/` is the field manager of what is created and patched. Default `anweddol-operator`. */
  userAgent?: string;
  /** For a whole call, retries included. Default 30 s. */
  callTimeoutMs?: number;
  /** Default 10 s. */
  connectTimeoutMs?: number;
  /** Of one answer, in bytes. Default 64 MiB. */
  maxAnswerBytes?: number;
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  path: string;
  body?: unknown;
  /** Default `application/json`. */
  contentType?: string;
  /** Sending it twice does no harm, so 429 and 503 are retried when the server says after how long. */
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
  const { clock, userAgent = 'anweddol-operator', callTimeoutMs = 30_000, maxAnswerBytes = 64 * 2 ** 20 } = options;
  const pool = new ConnectionPool(options.connectTimeoutMs ?? 10_000);

  async function send(call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    // A credentials plugin may hang.
    const credentials = await Promise.race([readCredentials(config), abortOf(signal)]);
    const url = new URL(credentials.server + call.path);
    const headers: Record<string, string> = {
      Accept: 'application/json',
      'User-Agent': userAgent,
      ...credentials.headers,
    };
    if (call.body !== undefined) headers['Content-Type'] = call.contentType ?? 'application/json';
    const answer = await pool.for(credentials).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: call.method,
      headers,
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal,
    });
    if (answer.statusCode < 300) return answer;
    const retryAfter = answer.headers['retry-after'];
    const text = await readText(answer.body, maxAnswerBytes);
    throw errorOfAnswer(answer.statusCode, text, Array.isArray(retryAfter) ? retryAfter[0] : retryAfter);
  }

  async function callOnce(call: Call, signal: AbortSignal): Promise<unknown> {
    try {
      const answer = await send(call, signal);
      return await readJson(answer.body, maxAnswerBytes);
    } catch (error) {
      throw translate(error, call, signal);
    }
  }

  async function call(call: Call): Promise<unknown> {
    const until = clock.now() + callTimeoutMs;
    using deadline = new Deadline(clock, call.signal);
    deadline.set(callTimeoutMs, () => timeout(call, 'no answer', callTimeoutMs));
    for (let attempt = 1; ; attempt++) {
      try {
        return await callOnce(call, deadline.signal);
      } catch (error) {
        const wait = retryDelay(call, error, attempt);
        if (wait === undefined || clock.now() + wait >= until) throw error;
        await clock.sleep(wait, deadline.signal);
      }
    }
  }

  async function* stream(path: string, inactivityMs: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const call: Call = { method: 'GET', path };
    using deadline = new Deadline(clock, signal);
    const silence = () => timeout(call, 'nothing new', inactivityMs);
    try {
      deadline.set(callTimeoutMs, () => timeout(call, 'no answer', callTimeoutMs));
      const { body } = await send(call, deadline.signal);
      deadline.set(inactivityMs, silence);
      for await (const chunk of body) {
        deadline.clear();
        yield chunk;
        deadline.set(inactivityMs, silence);
      }
      deadline.signal.throwIfAborted();
    } catch (error) {
      throw translate(error, call, deadline.signal);
    }
  }

  return { call, stream, close: () => pool.close() };
}

function timeout(call: Call, what: string, ms: number): KubeError {
  return new KubeError({ code: 0, reason: 'Timeout', message: `${describe(call)}: ${what} for ${ms / 1000} s` });
}

/** Whatever went wrong on the way, as what the caller is told. */
function translate(error: unknown, call: Call, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof KubeError) return error;
  const why = describeError(error);
  return new KubeError({ code: 0, reason: 'Unreachable', message: `${describe(call)}: ${why}` }, { cause: error });
}

/** A host of several addresses fails with an error that has no message but a code. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Without the query, which may be long. */
function describe(call: Call): string {
  return `${call.method} ${call.path.split('?', 1)[0]}`;
}
